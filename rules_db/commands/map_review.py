"""`guiji map review`: one link after the other in a terminal, each with both wordings, decided by one key."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from rules_db.commands.options import data_option, emit, now, say
from rules_db.commands.values import NAME

if TYPE_CHECKING:
    from rich.text import Text

    from rules_db.connection import DataFolder
    from rules_db.mapping.reviewing import Card

KEYS = {"a": "accept", "r": "reject", "s": "skip", "q": "quit"}
_ASK = "[a]ccept 接受  [r]eject 驳回  [s]kip 跳过  [q]uit 退出"


@click.command("review")
@click.option("--status", type=click.Choice(["suspect", "proposed"]), help="Only these [both, suspect first].")
@click.option("--limit", type=click.IntRange(1), help="At most so many links.")
@click.option("--reviewer", type=NAME, help="Who looks; needed to decide.")
@click.option("--format", "form", type=click.Choice(["walk", "json"]), default="walk", show_default=True)
@data_option
def map_review(status: str | None, limit: int | None, reviewer: str | None, form: str, folder: DataFolder) -> None:
    """Walk through suspect and proposed links; each decision is written into the YAML at once.

    A card shows the wording that was reviewed, the one in force now, and the typed change between them. Without a
    terminal, `--format json` gives the same cards; decide with `guiji map accept` and `guiji map reject`.
    """
    from rules_db.connection import StoreError, open_store
    from rules_db.mapping import reviewing
    from rules_db.workdays import china_day

    statuses = (status,) if status else reviewing.WAITING
    cards = reviewing.waiting(open_store(folder, read_only=True), china_day(now()), statuses)[:limit]
    if form == "json":
        emit([asdict(card) for card in cards])
        return
    if not cards:
        say("no link waits for a person")
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise StoreError(
            "guiji map review asks for keys and this is no terminal; use --format json, then 'guiji map accept LINK' "
            "or 'guiji map reject LINK'"
        )
    reviewer = reviewer or click.prompt("Reviewer 审核人", type=NAME)

    def decide(card: Card, verdict: str) -> str:
        # the lock is held for one decision, not while a person thinks
        with folder.require().locked():
            link_id, path = reviewing.decide(
                open_store(folder), folder.root, card.id, reviewing.Verdict(verdict), reviewer=str(reviewer),
                now=now(), seen=card.current,
            )  # fmt: skip
        return f"{link_id} {verdict}ed" + (f" → {path}" if path else "")

    told = walk(cards, _read_key, decide)
    left = len(cards) - sum(told[word] for word in ("accept", "reject", "skip"))
    say(
        ", ".join(f"{told[word]} {word}ed" for word in ("accept", "reject"))
        + f", {told['skip']} skipped, {left} not looked at"
    )


def walk(cards: Sequence[Card], key: Callable[[], str], decide: Callable[[Card, str], str]) -> Counter[str]:
    """Show each card, read a key, decide; returns how often each word of KEYS was chosen.

    An error of `decide` is shown and the card counts as skipped; unknown keys are asked again.
    """
    from rules_db.connection import StoreError
    from rules_db.terminal import clean, console

    told: Counter[str] = Counter()
    out = console()
    for number, card in enumerate(cards, 1):
        out.print(f"\n[bold]{number}/{len(cards)}  {card.id}[/bold]  {card.status}")
        for name, text in _lines(card):
            out.print(f"[dim]{name:>10}[/dim] ", text)
        out.print(clean(_ASK))
        word = KEYS.get(key().lower())
        while word is None:
            out.print(clean(_ASK))
            word = KEYS.get(key().lower())
        if word in ("accept", "reject"):
            try:
                out.print(clean(decide(card, word)))
            except StoreError as error:
                out.print(f"[red]not written:[/red] {clean(error)}")
                word = "skip"
        told[word] += 1
        if word == "quit":
            break
    return told


def _lines(card: Card) -> Iterator[tuple[str, Text]]:
    """Label and text of each line of a card; a Text is never read as markup."""
    from rich.text import Text

    from rules_db.diff.render_terminal import unified
    from rules_db.diff.text import hunks
    from rules_db.diff.view import clean
    from rules_db.terminal import console

    lines = {
        "rule": card.place,
        "linked to": f"{card.target} {card.target_title} ({card.relationship}, tier {card.tier})",
        "why": card.rationale,
        "score": "" if card.score is None else f"{card.score:.2f}",
        "suspect": card.suspect_since and f"since {card.suspect_since}",
        "reviewed": card.old,
        "now": "(no wording in force any more)" if card.new is None else card.new,
    }
    yield from ((name, Text(clean(text))) for name, text in lines.items() if text)
    if card.old and card.new and card.old != card.new:
        yield "difference", unified(hunks(clean(card.old), clean(card.new)), console().color_system is not None)
    yield from (("change", Text(clean(change))) for change in card.changes)
    yield from (("because", Text(clean(cause))) for cause in card.because)
    if card.source:
        yield "source", Text(clean(card.source))


def _read_key() -> str:
    """One key of the terminal; end of input and ^C leave."""
    try:
        return click.getchar()
    except (EOFError, KeyboardInterrupt):
        return "q"
