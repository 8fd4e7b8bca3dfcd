"""Akoma Ntoso: well-formed, the store's eIds and no others, and not a character of the text lost."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from sample_store import MEASURE, fill

from cli import main
from rules_db.connection import DataFolder, open_store
from rules_db.export.akn import write_akn

NS = "{http://docs.oasis-open.org/legaldocml/ns/akn/3.0}"


@pytest.mark.parametrize("hostile", [False, True])
def test_texts_come_out_whole_with_their_eids(tmp_path: Path, *, hostile: bool) -> None:
    folder = DataFolder(tmp_path / "data")
    fill(folder, hostile=hostile)
    with closing(open_store(folder)) as store:
        written = write_akn(store, tmp_path / "out")
        assert len(written) == store.execute("SELECT count(*) FROM expression WHERE replaced_at IS NULL").fetchone()[0]
        for row in written:
            root = ElementTree.parse(tmp_path / "out" / row["file"]).getroot()  # noqa: S314 (written above)
            key = row["file"].removesuffix(".xml")
            text = store.execute("SELECT text FROM expression WHERE id = ?", (key,)).fetchone()[0]
            act = root[0]
            told = "".join(part for tag in ("preface", "body", "conclusions") for part in words(act, tag))
            assert "".join(told.split()) == "".join(printable(text).split())
            body = act.find(f"{NS}body")
            assert body is not None
            eids = [element.get("eId") for element in body.iter() if element.get("eId")]
            expected = store.execute(
                """SELECT eid FROM provision WHERE expression_id = ? AND kind NOT IN ('preface', 'conclusion')
                   ORDER BY ord""",
                (key,),
            )
            assert eids == [found[0] for found in expected]
    assert not any("<script" in path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())


def words(act: ElementTree.Element, tag: str) -> list[str]:
    found = act.find(f"{NS}{tag}")
    return [] if found is None else list(found.itertext())


def printable(text: str) -> str:
    return "".join(c if c in "\t\n\r" or c >= " " else " " for c in text)


def test_the_command_writes_one_instrument(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    fill(folder)
    with closing(open_store(folder)) as store:
        title = store.execute("SELECT title FROM instrument WHERE id = ?", (MEASURE,)).fetchone()[0]
        versions = store.execute("SELECT id FROM expression WHERE instrument_id = ?", (MEASURE,)).fetchall()
    place = ["--out", str(tmp_path / "out"), "--data", str(folder.root)]
    assert CliRunner().invoke(main, ["export", "akn", "--instrument", title, *place]).exit_code == 0
    assert {path.stem for path in (tmp_path / "out").iterdir()} == {row[0] for row in versions}
    assert CliRunner().invoke(main, ["export", "akn", "--instrument", "没有这个文件", *place]).exit_code != 0
