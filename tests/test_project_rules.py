"""Rules of the house that no linter knows: which library is used where, what is never called, what no file may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path.relative_to(PROJECT)
    for path in (
        PROJECT / "cli.py",
        *(file for name in ("crawler", "nlp", "rules_db") for file in (PROJECT / name).rglob("*.py")),
    )
)
# library → the places that may import it
HOMES = {
    "scrapy": ("crawler",),
    "bs4": ("crawler",),
    "twisted": ("crawler",),
    "spacy": ("nlp",),
    "datasette": ("rules_db/datasette_plugins", "rules_db/serve.py"),
    "apprise": ("rules_db/notify",),
    "pickle": (),
    "marshal": (),
    "shelve": (),
}
# call → the places that may make it, with the reason
CALLS = {
    "eval": {}, "exec": {}, "os.system": {}, "os.popen": {}, "yaml.unsafe_load": {}, "yaml.full_load": {},
    "yaml.load": {
        "crawler/strict_yaml.py": "with its own strict loader",
        "rules_db/reviewed_yaml.py": "with its own strict loader",
        "rules_db/watch/profiles.py": "with the strict loader",
        "rules_db/mapping/profiles.py": "with the strict loader",
        "rules_db/assess/reading.py": "with the strict loader",
    },
    "datetime.now": {
        "rules_db/commands/options.py": "the one clock, handed down",
        "crawler/etiquette.py": "whether a source's hours are over while a crawl runs",
    },
    "datetime.today": {}, "datetime.utcnow": {}, "date.today": {}, "time.time": {},
}  # fmt: skip
SQL = re.compile(
    r"\s*(SELECT\s|INSERT\s+(OR|INTO)\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX|VIEW)\s)"
)


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse((PROJECT / path).read_text(encoding="utf-8"))):
            yield path, node


def test_libraries_stay_at_home() -> None:
    strays = []
    for path, node in nodes():
        modules = (
            [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        )  # fmt: skip
        for module in modules:
            homes = HOMES.get(module.partition(".")[0])
            if homes is not None and not any(path.is_relative_to(home) for home in homes):
                strays.append(f"{path}: {module}")
    assert strays == []


def test_nothing_dangerous_is_called_and_the_clock_is_read_in_one_place() -> None:
    strays, used = [], set()
    for path, node in nodes():
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        for name, places in CALLS.items():
            if called == name or called.endswith(f".{name}"):
                used.add((name, str(path)))
                if str(path) not in places:
                    strays.append(f"{path}:{node.lineno}: {called}")
        for keyword in node.keywords:
            value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            if (keyword.arg, value) in (("shell", True), ("verify", False)):
                strays.append(f"{path}:{node.lineno}: {keyword.arg}={value}")
    assert strays == []
    assert {(name, place) for name, places in CALLS.items() for place in places} == used, (
        "an exception that nobody needs"
    )


def test_sql_is_written_in_rules_db_alone() -> None:
    strays = [
        f"{path}:{node.lineno}"
        for path, node in nodes()
        if path.parts[0] != "rules_db"
        and isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SQL.match(node.value)
    ]
    assert strays == []


def test_remembering_needs_neither_scrapy_nor_spacy() -> None:
    modules = [
        ".".join(path.with_suffix("").parts)
        for path in SOURCES
        if path.parts[0] == "rules_db" and "datasette_plugins" not in path.parts and path.name != "__init__.py"
    ]
    assert len(modules) > 100
    script = (
        f"import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\n"
        "print([name for name in ('scrapy', 'spacy', 'twisted', 'crawler', 'nlp', 'cli') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# What is installed ---


def pinned(lock: str) -> dict[str, list[str]]:
    """Name → hashes of a lock file."""
    text = (PROJECT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return {
        line.partition("==")[0].partition("[")[0]: re.findall(r"--hash=sha256:([0-9a-f]{64})", line) for line in lines
    }


def wanted(*extras: str) -> set[str]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]
    return {re.split(r"[<>=\[ ]", one)[0].lower() for one in listed}


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", ["build"]), ("requirements-dev.lock", ["build", "dev"])]
)
def test_every_package_is_pinned_by_hash(lock: str, extras: list[str]) -> None:
    packages = pinned(lock)
    assert wanted(*extras) <= packages.keys()
    assert [name for name, hashes in packages.items() if not hashes] == []
    # what bears this name in the package index is a placeholder by somebody else
    assert not [name for name in packages if name.startswith(("zh-core-web", "zh_core_web"))]
    assert "://" not in re.sub(r"^\s*#.*$", "", (PROJECT / lock).read_text(encoding="utf-8"), flags=re.M)


def test_every_library_of_the_product_is_told_with_a_reason() -> None:
    section = (
        (PROJECT / "docs" / "decisions.md")
        .read_text(encoding="utf-8")
        .partition("## 22. Libraries")[2]
        .partition("\n## ")[0]
    )
    told = set(re.findall(r"[a-z0-9][a-z0-9-]+", section.lower()))
    assert wanted("build") - told == set()


def test_both_test_runs_cover_the_modules_that_are_shipped() -> None:
    """The wheel names what it takes; a package that is added must be named in all places."""
    tool = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    shipped = set(tool["hatch"]["build"]["targets"]["wheel"]["only-include"])
    assert shipped == {"cli.py", "crawler", "nlp", "rules_db"}
    assert {f"{name}.py" for name in tool["mypy"]["modules"]} | set(tool["mypy"]["packages"]) == shipped
