"""The pages beside the code: links lead somewhere, commands can be typed as shown, promises name tests that exist."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import click
import pytest

from cli import main
from rules_db import vocabulary

PROJECT = Path(__file__).resolve().parent.parent
DOCS = PROJECT / "docs"
PAGES = [
    PROJECT / "README.md",
    PROJECT / "CHANGELOG.md",
    PROJECT / "benchmarks" / "README.md",
    PROJECT / "tests" / "gold" / "README.md",
    *sorted(DOCS.rglob("*.md")),
]
DEPLOY = sorted(path for path in (DOCS / "deploy").iterdir() if path.is_file())
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.S | re.M)
IN_LINE = re.compile(r"`(guiji [^`]*)`")
RUN = re.compile(r"^guiji |/bin/guiji ")


def name(page: Path) -> str:
    return str(page.relative_to(PROJECT))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as a forge makes them."""
    headings = re.findall(r"^#+ +(.*)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_to_other_files_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_the_readme_leads_to_every_page() -> None:
    named = {target.partition("#")[0] for target in LINK.findall((PROJECT / "README.md").read_text(encoding="utf-8"))}
    missing = {name(page) for page in DOCS.glob("*.md")} - named
    assert not missing
    assert {name(image) for image in (DOCS / "img").iterdir()} <= {
        str((page.parent / target).resolve().relative_to(PROJECT))
        for page in PAGES
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if target.endswith(".png")
    }, "a picture that no page shows"


PLACE = re.compile(r"`((?:crawler|nlp|rules_db|tests|benchmarks|docs)/[^`\s:]+)")


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=name)
def test_places_in_the_project_exist(page: Path) -> None:
    """`rules_db/diff`, `rules_db/diff/scope` or `tests/nlp/test_x.py`, also without tests; <id> and * are anything."""
    for place in PLACE.findall(page.read_text(encoding="utf-8")):
        pattern = re.sub(r"<[^>]*>|\{[^}]*\}", "*", place.rstrip("/.,;"))
        spelled = (pattern, f"{pattern}.py", f"tests/{pattern}")
        assert any(any(PROJECT.glob(one)) for one in spelled), place


# Commands -------------------------------------------------------------------------------------------------------------


def parsed(words: list[str]) -> tuple[click.Command, dict[str, object]]:
    """The command that `words` (without guiji) name and the parameters given. Raises click's own errors."""
    command: click.Command = main
    context = click.Context(command, info_name="guiji")
    while isinstance(command, click.Group):
        if not words or words[0].startswith("-"):
            return command, {}
        found = command.get_command(context, words[0])
        if found is None:
            raise click.UsageError(f"no command {words[0]}")
        command, words = found, words[1:]
        context = click.Context(command, parent=context, info_name=command.name)
    return command, command.make_parser(context).parse_args(list(words))[0]


def alternatives(words: list[str]) -> Iterator[list[str]]:
    """`export csv|jsonl` as both commands."""
    for place, word in enumerate(words):
        if "|" in word:
            for one in word.split("|"):
                yield from alternatives([*words[:place], one, *words[place + 1 :]])
            return
    yield words


def commands_in_line(page: Path) -> Iterator[list[str]]:
    """What prose and tables name: brackets mean "may be left out", … "something"."""
    for line in IN_LINE.findall(FENCE.sub("", page.read_text(encoding="utf-8")).replace("\\|", "|")):
        words = [word.strip("[]") for word in line.replace("…", " ").split()[1:]]
        yield from alternatives([word for word in words if word])


def commands_to_type(page: Path) -> Iterator[list[str]]:
    """What a block of a page, or a file for a machine, tells somebody to run."""
    text = page.read_text(encoding="utf-8")
    for block in FENCE.findall(text) if page.suffix == ".md" else [text]:
        for line in block.splitlines():
            found = RUN.search(line)
            if found:
                yield shlex.split(line[found.end() :].partition(">>")[0], comments=True)


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "cli.md"], ids=name)
def test_commands_named_in_prose_exist(page: Path) -> None:
    for words in commands_in_line(page):
        try:
            parsed(words)
        except click.BadOptionUsage:
            pass  # named without its value
        except click.UsageError as error:
            pytest.fail(f"guiji {' '.join(words)}: {error.format_message()}")


def test_commands_named_in_messages_exist() -> None:
    """What an error or a finding tells people to run, in quotes or backticks, can be run."""
    named = set()
    for folder in ("crawler", "nlp", "rules_db"):
        for path in (PROJECT / folder).rglob("*.py"):
            text = re.sub(r"\{[^{}]*\}", "X", path.read_text(encoding="utf-8"))
            named |= set(re.findall(r"['`]guiji ([a-z][^'`\n\"]*)['`]", text))
    assert len(named) > 25
    for line in sorted(named):
        try:
            parsed(line.split())
        except click.BadOptionUsage:
            pass  # named without its value
        except click.UsageError as error:
            pytest.fail(f"guiji {line}: {error.format_message()}")


@pytest.mark.parametrize("page", [*PAGES, *DEPLOY], ids=name)
def test_commands_to_type_are_whole(page: Path) -> None:
    for words in commands_to_type(page):
        shown = f"guiji {' '.join(words)}"
        try:
            command, given = parsed(words)
        except click.UsageError as error:
            pytest.fail(f"{shown}: {error.format_message()}")
        assert not isinstance(command, click.Group), f"{shown}: which command?"
        context = click.Context(command)
        for parameter in command.params:
            value = given.get(parameter.name or "")
            assert value is not None or not parameter.required, f"{shown}: {parameter.name} is missing"
            if value is not None and isinstance(parameter.type, click.Choice | click.DateTime | click.IntRange):
                parameter.type_cast_value(context, value)


def test_every_export_has_its_line() -> None:
    export = main.commands["export"]
    assert isinstance(export, click.Group)
    told = {words[1] for words in commands_in_line(DOCS / "export.md") if words[0] == "export"}
    assert told == set(export.commands)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_modules_and_targets_to_run_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for module in re.findall(r"python -m ((?:benchmarks|crawler|nlp|rules_db)[\w.]*)", " ".join(text.split())):
        place = PROJECT / module.rstrip(".").replace(".", "/")
        assert place.with_suffix(".py").exists() or (place / "__main__.py").exists(), module
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`)make ([a-z]+)", text, re.M):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_commands_are_found() -> None:
    """The two tests above must not pass for want of commands."""
    readme = PROJECT / "README.md"
    assert len(list(commands_to_type(readme))) > 8
    assert ["daily"] in list(commands_to_type(DOCS / "deploy" / "crontab"))
    assert len(list(commands_in_line(readme))) > 20
    with pytest.raises(click.NoSuchOption):
        parsed(["flags", "--no-such"])
    with pytest.raises(click.UsageError):
        parsed(["map", "no-such"])


# Words, promises, decisions -------------------------------------------------------------------------------------------

VOCABULARIES = [one for one in vars(vocabulary).values() if isinstance(one, type) and issubclass(one, StrEnum)]


@pytest.mark.parametrize("words", [one for one in VOCABULARIES if one is not StrEnum], ids=lambda one: one.__name__)
def test_the_glossary_has_every_value_of_a_vocabulary(words: type[StrEnum]) -> None:
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    section = text.partition(f"### {words.__name__}\n")[2].partition("\n### ")[0]
    assert section, f"no section for {words.__name__}"
    told = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]*) \|", section, re.M))
    assert list(told) == [value.value for value in words]
    assert all(re.search("[一-鿿]", chinese) for chinese in told.values())


def functions_of(path: Path) -> set[str]:
    return {
        node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)
    }


def test_promises_are_those_of_the_readme_and_name_tests_that_exist() -> None:
    rows = re.findall(r"^\| (\d)\. ([^|]+) \|([^|]+)\|$", (DOCS / "promises.md").read_text(encoding="utf-8"), re.M)
    readme = re.findall(r"^(\d)\. (.+)$", (PROJECT / "README.md").read_text(encoding="utf-8"), re.M)
    assert [number for number, _, _ in rows] == [number for number, _ in readme] == list("123456789")
    for number, promise, named in rows:
        assert (number, promise.strip().rstrip(".")) in [(n, p.rstrip(".")) for n, p in readme]
        nodes = re.findall(r"`([^`]+)`", named)
        assert nodes, promise
        for node in nodes:
            file, _, test = node.partition("::")
            assert (PROJECT / file).is_file(), node
            assert test in functions_of(PROJECT / file), node


def test_decisions_are_numbered_in_order() -> None:
    text = (DOCS / "decisions.md").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", text, re.M)]
    assert numbers == list(range(1, len(numbers) + 1))
    for page in PAGES:
        for number in re.findall(
            r"decisions\.md,? section (\d+)|section (\d+) of (?:docs/)?decisions", page.read_text("utf-8")
        ):
            assert int("".join(number)) in numbers, name(page)


def test_the_changelog_tells_nothing_twice() -> None:
    text = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=- |#)", text)
    assert len(entries) == len(set(entries))
