"""The commands that read a text and keep nothing: norms and limits of given lines, the end of one time limit."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from rules_db.commands.options import EXIT_PARTIAL, format_option, say, show_result
from rules_db.commands.sequences import Sequences, pass_sequences


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
@click.option(
    "--delta", type=click.File("r", encoding="utf-8"), help="Earlier output to compare with, instead of printing."
)
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Reading processes.")
@pass_sequences
def extract(sequences: Sequences, file: Any, delta: Any, jobs: int) -> None:
    """Read norms and thresholds: JSON lines {"id", "text"} in, JSON lines out. Needs no store."""
    refused, records = 0, []
    for number, (record, error) in enumerate(sequences.extract(file, jobs), 1):
        if error:
            refused += 1
            say(f"refused: line {number}: {error}")
        elif record and delta:
            records.append(json.loads(record))
        elif record:
            click.echo(record)
    if delta:
        from rules_db import present

        earlier = [json.loads(line) for line in delta if line.strip()]
        present.extraction_delta(sequences.compare_readings(earlier, records))
    sys.exit(EXIT_PARTIAL if refused else 0)


@click.command()
@click.argument("limit")
@click.option(
    "--from", "start", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="DATE", help="Day of the event."
)
@format_option
@pass_sequences
def deadline(sequences: Sequences, limit: str, start: Any, form: str) -> None:
    """When LIMIT ends, such as “15个工作日” or “三个月内”, and what the answer assumes."""
    from rules_db.workdays import due_date

    found = sequences.find_limits(limit)
    if len(found) != 1 or found[0].value != int(found[0].value):
        raise click.UsageError(f"{limit!r} is not one time limit in whole days, working days, weeks, months or years")
    try:
        answer = due_date(int(found[0].value), found[0].unit, start.date())
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    result = {
        "limit": found[0].span.text,
        "from": str(start.date()),
        "due": str(answer.due),
        "counted_to": str(answer.counted_to),
        "assumptions": list(answer.assumptions),
    }
    show_result(result, form, "deadline")
