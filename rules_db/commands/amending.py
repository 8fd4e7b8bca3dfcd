"""Command on amending decisions: what they say, and whether the published text has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rules_db.commands.options import data_option, format_option, show_result

if TYPE_CHECKING:
    from rules_db.connection import DataFolder


@click.command("amendments")
@click.argument("title")
@format_option
@data_option
def amendments(title: str, form: str, folder: DataFolder) -> None:
    """Decisions that amend an instrument, by TITLE or IRI: each instruction, and whether the published text has it.

    confirmed: the text published since has it. differs: it has something else, and both texts are told. not_applied:
    the instruction can't be carried out on the text before, with the reason. unchecked: no text as new as the decision
    is held; `guiji show TITLE --computed` shows what it would make.
    """
    from rules_db.amending import answers
    from rules_db.connection import open_store
    from rules_db.references import one_instrument

    connection = open_store(folder, read_only=True)
    show_result(answers.amendments(connection, one_instrument(connection, title)), form, "amendments")
