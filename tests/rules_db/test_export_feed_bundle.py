"""The change feed as a file, and the bundle: well-formed, inert, complete, the same bytes for the same contents."""

from __future__ import annotations

import hashlib
import json
import zipfile
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from sample_store import NOW
from served import published

from cli import main
from rules_db.commands import export
from rules_db.connection import StoreError, connect
from rules_db.export.bundle import MANIFEST, write_bundle
from rules_db.export.feed import write_atom

ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_feed_holds_the_changes_in_order(tmp_path: Path) -> None:
    folder = published(tmp_path / "data")
    with closing(connect(folder.public_db, read_only=True)) as public:
        expected = [row["atom_title"] for row in public.execute("SELECT * FROM change_feed")]
        write_atom(public, tmp_path / "out", site="https://rules.example/guiji/")
        with pytest.raises(StoreError, match="https://"):
            write_atom(public, tmp_path / "out", site="javascript:alert(1)")
    feed = ElementTree.parse(tmp_path / "out" / "changes.atom").getroot()  # noqa: S314 (written above)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == expected
    assert len(expected) > 1
    for entry in entries:
        assert all(entry.findtext(f"{ATOM}{name}") for name in ("id", "updated", "content"))
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert link.get("href", "").startswith("https://rules.example/guiji/")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)


def test_hostile_titles_are_text(tmp_path: Path) -> None:
    folder = published(tmp_path / "data", hostile=True)
    with closing(connect(folder.public_db, read_only=True)) as public:
        write_atom(public, tmp_path / "out")
    data = (tmp_path / "out" / "changes.atom").read_text(encoding="utf-8")
    assert "<script" not in data
    assert "\u202e" not in data
    tags = {element.tag for element in ElementTree.fromstring(data).iter()}  # noqa: S314 (written above)
    names = ("feed", "id", "title", "updated", "author", "name", "entry", "content", "category")
    assert tags == {f"{ATOM}{name}" for name in names}


def test_equal_contents_make_equal_bundles(tmp_path: Path) -> None:
    for n, order in enumerate((("b.txt", "sub/a.txt"), ("sub/a.txt", "b.txt"))):
        for name in order:
            path = tmp_path / str(n) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name, encoding="utf-8")
        write_bundle(tmp_path / str(n), tmp_path / f"{n}.zip", now=NOW)
    assert (tmp_path / "0.zip").read_bytes() == (tmp_path / "1.zip").read_bytes()
    (tmp_path / "1" / "b.txt").write_text("other", encoding="utf-8")
    write_bundle(tmp_path / "1", tmp_path / "1.zip", now=NOW)
    assert (tmp_path / "0.zip").read_bytes() != (tmp_path / "1.zip").read_bytes()


def test_the_commands(tmp_path: Path) -> None:
    folder = published(tmp_path / "data")
    run, target = CliRunner(), tmp_path / "rules.zip"
    place = ["--data", str(folder.root), "--format", "json"]
    told = run.invoke(main, ["export", "bundle", "--out", str(target), *place])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)[0]["file"] == target.name
    with zipfile.ZipFile(target) as pack:
        manifest = json.loads(pack.read(MANIFEST))["files"]
        assert set(pack.namelist()) == {*manifest, MANIFEST}
        assert {"csv/rules.csv", "jsonl/rules.jsonl", "atom/changes.atom", "ics/guiji.ics"} <= set(manifest)
        assert {name.partition("/")[0] for name in manifest} == {*export.export.commands} - {"bundle"}
        for name, facts in manifest.items():
            assert hashlib.sha256(pack.read(name)).hexdigest() == facts["sha256"]
    assert run.invoke(main, ["export", "atom", "--out", str(tmp_path / "atom"), *place]).exit_code == 0
    folder.public_db.unlink()
    assert run.invoke(main, ["export", "atom", "--out", str(tmp_path / "atom"), *place]).exit_code == 4
    assert run.invoke(main, ["export", "bundle", "--out", str(target), *place]).exit_code == 0
    with zipfile.ZipFile(target) as pack:
        assert not [name for name in pack.namelist() if name.startswith(("atom", "ics"))]
