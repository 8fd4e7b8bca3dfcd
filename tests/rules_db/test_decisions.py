"""Decisions about changes: what is kept, who may write, and that no entry is edited, deleted or moved unseen."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sample_store import HOSTILE, NOW
from served import Site, published

from cli import main
from rules_db.backup import back_up, restore
from rules_db.commands import decide as commands
from rules_db.connection import DataFolder, StoreError, connect
from rules_db.decisions import log
from rules_db.decisions.log import Anchor, DecisionError, checked

RELEVANT = checked(relevant=True, severity="high", owner="质量部", due_on="2026-07-01", note="三十日改为十五日")


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return published(tmp_path / "data")


def change_of(folder: DataFolder) -> str:
    with closing(connect(folder.public_db, read_only=True)) as public:
        found = public.execute(
            "SELECT c.id FROM change c JOIN flag f ON f.expression_id = c.to_expression_id"
        ).fetchone()
        return str(found[0])


def run(folder: DataFolder, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--data", str(folder.root)])


# The log ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    """A log of five decisions about three changes."""
    path = tmp_path / "decisions.db"
    with log.open_log(path, write=True) as connection:
        assert connection is not None
        for n, change in enumerate(["a", "b", "a", "c", "b"]):
            log.append(connection, change, checked(relevant=n != 1, severity="low", note=f"{n}"), by="王", now=NOW)
    yield path


def faults(path: Path, *anchors: Anchor) -> list[str]:
    with log.open_log(path) as connection:
        assert connection is not None
        return log.faults(connection, anchors)


def newest(path: Path) -> Anchor:
    with log.open_log(path) as connection:
        assert connection is not None
        found = log.anchor(connection)
    assert found is not None
    return found


def tampered(path: Path, *statements: str) -> None:
    """Done by someone who writes the file itself and knows how to get the triggers out of the way."""
    with closing(sqlite3.connect(path)) as connection:
        for name in ("decision_log_no_update", "decision_log_no_delete"):
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_the_newest_decision_holds_and_the_earlier_ones_stay(written: Path) -> None:
    with log.open_log(written) as connection:
        assert connection is not None
        assert {change: d.n for change, d in log.current(connection).items()} == {"a": 3, "c": 4, "b": 5}
        assert [d.decision.note for d in log.history(connection, "b")] == ["1", "4"]
    assert faults(written) == []
    assert faults(written, newest(written)) == []


@pytest.mark.parametrize("statement", ["UPDATE decision_log SET decided_by = '李'", "DELETE FROM decision_log"])
def test_slips_are_refused(written: Path, statement: str) -> None:
    with closing(sqlite3.connect(written)) as connection, pytest.raises(sqlite3.IntegrityError, match="never"):
        connection.execute(statement)


@pytest.mark.parametrize("column", ["decided_at", "decided_by", "change_id", "decision", "hash", "previous_hash"])
@pytest.mark.parametrize("n", [1, 3, 5])
def test_an_edit_anywhere_shows(written: Path, column: str, n: int) -> None:
    tampered(written, f"UPDATE decision_log SET {column} = {column} || 'x' WHERE n = {n}")  # noqa: S608 - names above
    assert any(f"decision {n}" in fault for fault in faults(written))


def test_a_deletion_shows(written: Path) -> None:
    tampered(written, "DELETE FROM decision_log WHERE n = 2")
    assert faults(written) == ["decision 2: missing; the log goes on with 3"]


def test_a_deletion_whose_gap_was_closed_shows(written: Path) -> None:
    tampered(written, "DELETE FROM decision_log WHERE n = 2", "UPDATE decision_log SET n = n - 1 WHERE n > 2")
    assert any("does not follow" in fault for fault in faults(written))


def test_two_entries_exchanged_show(written: Path) -> None:
    tampered(written, "UPDATE decision_log SET n = -2 WHERE n = 2", "UPDATE decision_log SET n = 99 WHERE n = 3",
             "UPDATE decision_log SET n = 3 WHERE n = -2", "UPDATE decision_log SET n = 2 WHERE n = 99")  # fmt: skip
    assert len(faults(written)) >= 2


def test_a_cut_end_shows_by_the_anchor_kept_outside(written: Path) -> None:
    kept = newest(written)
    tampered(written, "DELETE FROM decision_log WHERE n = 5")
    assert faults(written) == []
    assert faults(written, kept) == ["decision 5: was in the log when its hash was kept outside, and is gone"]


def test_a_log_written_anew_shows_by_the_anchor(written: Path, tmp_path: Path) -> None:
    kept = newest(written)
    with log.open_log(tmp_path / "forged.db", write=True) as connection:
        assert connection is not None
        for change in ["a", "b", "a", "c", "b"]:
            log.append(connection, change, RELEVANT, by="王", now=NOW)
    assert faults(tmp_path / "forged.db") == []
    assert "is another one" in faults(tmp_path / "forged.db", kept)[0]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"severity": "dire"}, "severity"),
        ({"due_on": "1.7.2026"}, "due date"),
        ({"due_on": "2026-02-30"}, "due date"),
        ({"owner": "王" * 121}, "owner"),
        ({"note": "a\x1b[31mb"}, "note"),
        ({"note": "a\u202eb"}, "note"),
    ],
)
def test_what_can_not_be_taken_is_named(change: dict[str, Any], wrong: str) -> None:
    with pytest.raises(DecisionError, match=wrong):
        checked(**{"relevant": True, "severity": "low", **change})


@pytest.mark.parametrize(("change", "by"), [("", "王"), ("a b", "王"), ("a", " "), ("a", "x" * 121)])
def test_a_decision_needs_a_change_and_a_person(written: Path, change: str, by: str) -> None:
    with log.open_log(written, write=True) as connection:
        assert connection is not None
        with pytest.raises(DecisionError):
            log.append(connection, change, RELEVANT, by=by, now=NOW)
    assert newest(written).n == 5


# The commands -------------------------------------------------------------------------------------------------------


def decide(folder: DataFolder, change: str, *more: str) -> Result:
    return run(folder, "decide", "set", change, "--relevant", "--severity", "high", "--by", "王", *more)


def test_decide_on_the_command_line(folder: DataFolder, tmp_path: Path) -> None:
    change = change_of(folder)
    waiting = json.loads(run(folder, "decide", "list", "--open", "--format", "json").stdout)
    assert change in {row["change_id"] for row in waiting}
    done = decide(folder, change, "--owner", "质量部", "--due", "2026-07-01", "--note", "=1+1")
    assert done.exit_code == 0, done.output
    still = json.loads(run(folder, "decide", "list", "--open", "--format", "json").stdout)
    assert {row["change_id"] for row in waiting} - {row["change_id"] for row in still} == {change}
    (entry,) = json.loads(run(folder, "decide", "show", change, "--format", "json").stdout)
    assert entry["decision"] == {
        "relevant": True, "severity": "high", "owner": "质量部", "due_on": "2026-07-01", "note": "=1+1"
    }  # fmt: skip
    assert "质量部" in run(folder, "decide", "show", change).stdout
    assert "high" in run(folder, "decide", "list").stdout
    assert run(folder, "decide", "export", "--out", str(tmp_path / "out")).exit_code == 0
    (row,) = csv.DictReader((tmp_path / "out" / "decisions.csv").open(encoding="utf-8-sig"))
    assert (row["relevant"], row["severity"], row["note"], row["decided_by"]) == ("yes", "high", "'=1+1", "王")
    assert json.loads((tmp_path / "out" / "decisions.json").read_text(encoding="utf-8"))[0]["note"] == "=1+1"


def test_unknown_change_is_refused(folder: DataFolder) -> None:
    refused = decide(folder, "nothing")
    assert refused.exit_code == 4
    assert "guiji decide list" in refused.stderr
    assert not folder.decisions_db.exists()


def test_the_list_of_severities_is_the_one_of_the_log() -> None:
    assert commands.SEVERITIES == log.SEVERITIES


def test_verify_tells_of_a_tampered_log(folder: DataFolder) -> None:
    change = change_of(folder)
    decide(folder, change)
    decide(folder, change)
    sound = run(folder, "verify")
    assert "2 decisions" in sound.stderr
    assert "decision 1" not in sound.stderr
    tampered(folder.decisions_db, "UPDATE decision_log SET decided_by = '李' WHERE n = 1")
    broken = run(folder, "verify")
    assert broken.exit_code == 4
    assert "fault: decision 1: was edited after it was written" in broken.stderr


def test_verify_tells_of_a_log_that_is_no_database(folder: DataFolder) -> None:
    folder.decisions_db.write_bytes(b"not a database at all" * 100)
    broken = run(folder, "verify")
    assert broken.exit_code == 4
    assert "decisions" in broken.stderr


def test_decisions_come_back_from_a_backup(folder: DataFolder, tmp_path: Path) -> None:
    decide(folder, change_of(folder))
    with closing(connect(folder.work_db)) as store:  # the sample store names snapshots whose bytes it does not keep
        store.execute("PRAGMA foreign_keys = OFF")
        store.execute("DELETE FROM snapshot")
    back_up(folder, tmp_path / "backup", now=NOW)
    again = DataFolder(tmp_path / "again")
    restore(tmp_path / "backup", again)
    assert newest(again.decisions_db) == newest(folder.decisions_db)


# The page -----------------------------------------------------------------------------------------------------------

DECIDER = {"id": "wang", "may": ["guiji-decide"]}
READER = {"id": "li", "may": []}
FORM = {"relevant": "yes", "severity": "high", "owner": "质量部", "due_on": "2026-07-01", "note": "看第二条"}


@pytest.fixture
def post(folder: DataFolder) -> Callable[..., Any]:
    """`post(form, actor)`: the form as a browser sends it, with token and cookie of the page; None = nobody."""
    site, change = Site(folder.public_db), change_of(folder)
    place = f"/change/{change}"

    def send(
        form: dict[str, str], actor: dict[str, Any] | None, *, token: bool = True, headers: dict[str, str] | None = None
    ) -> Any:
        cookies = {"ds_actor": site.datasette.sign({"a": actor}, "actor")} if actor else {}
        page = site.get(place, cookies=cookies)
        found = re.search(r'name="csrftoken" value="([^"]+)"', page.text)
        if found and token:
            form = {**form, "csrftoken": found[1]}
        cookies |= {"ds_csrftoken": page.cookies["ds_csrftoken"]} if "ds_csrftoken" in page.cookies else {}
        response = site._run(site.datasette.client.post(place, data=form, cookies=cookies, headers=headers))
        return page, response, site.get(place, cookies=cookies)

    return send


def test_who_may_decides_and_the_page_shows_it(folder: DataFolder, post: Callable[..., Any]) -> None:
    page, response, after = post(FORM, DECIDER)
    assert "<form" in page.text and "textarea" in page.text
    assert response.status_code == 303
    assert "质量部" in after.text and "看第二条" in after.text and "wang" in after.text
    assert newest(folder.decisions_db).n == 1


@pytest.mark.parametrize("actor", [None, READER, {"id": "root"}, {"id": "x", "may": "guiji"}])
def test_by_default_nobody_may(folder: DataFolder, post: Callable[..., Any], actor: dict[str, Any] | None) -> None:
    page, response, _ = post(FORM, actor)
    assert "textarea" not in page.text
    assert response.status_code == 403
    assert not folder.decisions_db.exists()


def test_without_the_token_nothing_is_written(folder: DataFolder, post: Callable[..., Any]) -> None:
    _, response, _ = post(FORM, DECIDER, token=False)
    assert response.status_code == 403
    assert not folder.decisions_db.exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://localhost"}, 303),
        ({"sec-fetch-site": "same-origin", "origin": "http://localhost"}, 303),
        ({}, 303),
    ],
)
def test_a_form_of_another_site_is_refused(post: Callable[..., Any], headers: dict[str, str], status: int) -> None:
    """Also with a token: of a browser that sends a password along there is none to check."""
    _, response, _ = post(FORM, DECIDER, headers=headers)
    assert response.status_code == status


@pytest.mark.parametrize(("field", "value"), [("relevant", ""), ("severity", "dire"), ("due_on", "soon")])
def test_a_wrong_form_is_told_and_not_written(
    folder: DataFolder, post: Callable[..., Any], field: str, value: str
) -> None:
    _, response, _ = post({**FORM, field: value}, DECIDER)
    assert response.status_code == 400
    assert 'role="alert"' in response.text
    assert not folder.decisions_db.exists()


def test_hostile_words_stay_words(post: Callable[..., Any]) -> None:
    _, response, after = post({**FORM, "owner": HOSTILE[:100], "note": HOSTILE}, DECIDER)
    assert response.status_code == 303
    assert "<script>alert" not in after.text and "<img src=x" not in after.text
    assert "&lt;script&gt;" in after.text


def test_names_and_notes_are_for_people_who_are_logged_in(folder: DataFolder, post: Callable[..., Any]) -> None:
    post(FORM, DECIDER)
    page = Site(folder.public_db).get(f"/change/{change_of(folder)}").text
    assert "Severity: high" in page and "2026-07-01" in page
    for inside in ("质量部", "看第二条", "wang"):
        assert inside not in page


def test_the_published_copy_stays_as_it_is(folder: DataFolder, post: Callable[..., Any]) -> None:
    before = folder.public_db.read_bytes()
    post(FORM, DECIDER)
    assert folder.public_db.read_bytes() == before


def test_changes_lead_to_their_page(folder: DataFolder) -> None:
    site = Site(folder.public_db)
    assert re.search(r'href="/change/[^"]+"', site.get("/changes").text)
    assert site.get("/change/nothing").status_code == 404


def test_a_damaged_log_does_not_take_the_page_away(folder: DataFolder) -> None:
    folder.decisions_db.write_bytes(b"no database" * 200)
    response = Site(folder.public_db).get(f"/change/{change_of(folder)}")
    assert response.status_code == 400
    assert "decisions log" in response.text
    assert str(folder.root) not in response.text


def test_open_log_refuses_what_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "decisions.db").write_bytes(b"no database" * 200)
    with pytest.raises(StoreError), log.open_log(tmp_path / "decisions.db", write=True):
        pass
