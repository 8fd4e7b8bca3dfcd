"""The commands that read a text and keep nothing: norms and limits of given lines, the end of one time limit."""

from __future__ import annotations

import datetime
import json
import sys
from typing import Any

import click

from rules_db.commands.options import EXIT_PARTIAL, format_option, say, show_result, told
from rules_db.commands.sequences import Sequences, pass_sequences
from rules_db.commands.values import DAY

# bytes that are no UTF-8 are refused line by line
_LINES = click.File("r", encoding="utf-8", errors="surrogateescape")


@click.command(epilog="Exit codes: 0 done; 1 done, but some lines were refused.")
@click.argument("file", type=_LINES, default="-")
@click.option("--delta", type=_LINES, help="Earlier output to compare with, instead of printing.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Reading processes.")
@pass_sequences
@told
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

        earlier = _records(delta)
        present.extraction_delta(sequences.compare_readings(earlier, records))
    sys.exit(EXIT_PARTIAL if refused else 0)


def _records(file: Any) -> list[dict[str, Any]]:
    """The records of an earlier output. Raises click.UsageError naming the line that is none."""
    records = []
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            record = None
        if not isinstance(record, dict) or not {"id", "norms", "thresholds"} <= record.keys():
            raise click.UsageError(f"{file.name}: line {number} is no record of 'guiji extract'")
        records.append(record)
    return records


@click.command()
@click.argument("limit")
@click.option("--from", "start", type=DAY, required=True, help="Day of the event.")
@format_option
@pass_sequences
@told
def deadline(sequences: Sequences, limit: str, start: str, form: str) -> None:
    """When LIMIT ends, such as “15个工作日” or “三个月内”, and what the answer assumes."""
    from rules_db.workdays import due_date

    found = sequences.find_limits(limit)
    if len(found) != 1 or found[0].value != int(found[0].value):
        raise click.UsageError(f"{limit!r} is not one time limit in whole days, working days, weeks, months or years")
    try:
        answer = due_date(int(found[0].value), found[0].unit, datetime.date.fromisoformat(start))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    result = {
        "limit": found[0].span.text,
        "from": start,
        "due": str(answer.due),
        "counted_to": str(answer.counted_to),
        "assumptions": list(answer.assumptions),
    }
    show_result(result, form, "deadline")
