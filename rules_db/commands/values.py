"""What may be typed where: days, places and names are checked before anything else is done with them; and the options
that several commands share."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import click

from rules_db.controls import CONTROLS

LONGEST_NAME = 120


class _Day(click.ParamType[str]):
    """A day as ISO text; anything else would be compared as text and find nothing, or everything."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip()
        try:
            day = datetime.date.fromisoformat(text).isoformat()
        except ValueError:
            day = ""
        if not text or day != text:
            self.fail(f"{value!r} is no day of the form 2026-05-25", param, ctx)
        return day

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "DATE"


class _Place(click.ParamType[str]):
    """A code of GB/T 2260. Which codes there are changes over time, so only the form is checked."""

    name = "code"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(r"\d{6}", str(value), re.ASCII):
            self.fail(f"{value!r} is no code of six digits (GB/T 2260), such as 440000", param, ctx)
        return str(value)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "CODE"


class _Name(click.ParamType[str]):
    """Something that is kept and shown to others: not blank, not endless, without control characters."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip()
        if not text or len(text) > LONGEST_NAME or CONTROLS.search(text):
            self.fail(f"1 to {LONGEST_NAME} characters are needed, none of them a control character", param, ctx)
        return text


DAY, PLACE, NAME = _Day(), _Place(), _Name()

reviewer_option = click.option("--reviewer", type=NAME, required=True, help="Who looked.")
site_option = click.option(
    "--profile",
    "profile_path",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="YAML of the site; see docs/profiles.",
)
