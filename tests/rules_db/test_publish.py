"""Publishing: what readers get, what they never get, and that they never see half of it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sample_store import MEASURE, NOTICE, NOW, fill
from served import published

from rules_db import publish as publishing
from rules_db.connection import DataFolder, StoreError, connect
from rules_db.publish import publish

LATER = "2026-08-01T00:00:00Z"
KILLS = 12


def value(folder: DataFolder, sql: str, *arguments: object) -> object:
    with contextlib.closing(connect(folder.public_db, read_only=True)) as connection:
        return connection.execute(sql, arguments).fetchone()[0]


def column(folder: DataFolder, sql: str, *arguments: object) -> list[object]:
    with contextlib.closing(connect(folder.public_db, read_only=True)) as connection:
        return [row[0] for row in connection.execute(sql, arguments)]


def contents(folder: DataFolder) -> list[object]:
    with contextlib.closing(connect(folder.public_db, read_only=True)) as connection:
        return [
            [tuple(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1")]  # noqa: S608
            for table in ("provision", "rule", "rule_version", "change", "about")
        ]


def test_units_are_articles_with_their_chapter(tmp_path: Path) -> None:
    folder = published(tmp_path)
    rows = column(
        folder,
        "SELECT label || '|' || container FROM provision WHERE expression_id = ? ORDER BY ord",
        f"{MEASURE}-2",
    )
    assert rows[:3] == ["序言|", "第一条|第一章 总则", "第二条|第一章 总则"]
    assert rows[-1] == "第六条|第四章 附则"


def test_units_hold_all_of_the_text_but_the_chapter_headings(tmp_path: Path) -> None:
    folder = published(tmp_path)
    with contextlib.closing(sqlite3.connect(folder.work_db)) as store:
        text = store.execute("SELECT text FROM expression WHERE id = ?", (f"{MEASURE}-2",)).fetchone()[0]
    shown = "".join(
        str(part)
        for part in column(folder, "SELECT text FROM provision WHERE expression_id = ? ORDER BY ord", f"{MEASURE}-2")
    )
    rest = text
    for heading in ("第一章 总则", "第二章 管理", "第三章 法律责任", "第四章 附则"):
        rest = rest.replace(heading, "")
    assert "".join(shown.split()) == "".join(rest.split())


def test_statuses_are_those_of_the_day(tmp_path: Path) -> None:
    folder = published(tmp_path)
    assert value(folder, "SELECT status FROM instrument WHERE id = ?", NOTICE) == "not_yet_in_force"
    assert publish(folder, now=LATER).done
    assert value(folder, "SELECT status FROM instrument WHERE id = ?", NOTICE) == "in_force"
    assert value(folder, "SELECT status FROM rule WHERE id = 'rule00000005'") == "in_force"


def test_a_rule_shows_the_version_that_holds_today(tmp_path: Path) -> None:
    folder = published(tmp_path)
    assert value(folder, "SELECT statement FROM rule WHERE id = 'rule00000001'").count("15日") == 1  # type: ignore[attr-defined]
    assert column(folder, "SELECT status FROM rule_version WHERE rule_id = 'rule00000001' ORDER BY n") == [
        "ended",
        "in_force",
    ]


def test_publishing_twice_gives_the_same_copy(tmp_path: Path) -> None:
    folder = published(tmp_path)
    before = contents(folder)
    assert publish(folder, now=NOW).done
    assert contents(folder) == before


def test_readers_see_no_ledger_path_or_reviewer(tmp_path: Path) -> None:
    """The bytes of the file themselves hold none of it, not even in freed pages."""
    folder = published(tmp_path)
    data = folder.public_db.read_bytes()
    for secret in (b"reviewer@example.org", b"/srv/secret-path", b"file:" + MEASURE.encode(), str(tmp_path).encode()):
        assert secret not in data, secret
    assert b"https://www.example.gov.cn" in data
    tables = set(
        column(folder, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_fts%' ESCAPE '\\'")
    )
    assert not tables & {
        "crawl_run",
        "run_metric",
        "issue",
        "sighting",
        "review",
        "alert",
        "snapshot",
        "conversion",
        "reading",
    }
    assert column(folder, "SELECT id FROM mapping ORDER BY id") == ["m1", "m2", "m3"], "rejected links stay inside"


def test_maintainers_changes_are_not_told_to_readers(tmp_path: Path) -> None:
    kinds = set(column(published(tmp_path), "SELECT kind FROM change"))
    assert kinds == {"instrument_new", "threshold_tightened"}


def test_control_characters_and_direction_overrides_are_blanked_in_place(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    fill(folder)
    with contextlib.closing(sqlite3.connect(folder.work_db)) as store, store:
        store.execute(
            "UPDATE change SET summary = 'a' || char(1) || 'b' || char(27) || '[31m' || char(8238) WHERE id = 'c1'"
        )
    assert publish(folder, now=NOW).done
    assert value(folder, "SELECT summary FROM change WHERE id = 'c1'") == "a b [31m "


def test_sample_data_says_so(tmp_path: Path) -> None:
    folder = published(tmp_path)
    assert value(folder, "SELECT value FROM about WHERE key = 'sample'") == "0"
    with contextlib.closing(sqlite3.connect(folder.work_db)) as store, store:
        store.execute("""UPDATE source SET config = '{"sample": true}' WHERE id = 'moiit'""")
    publish(folder, now=NOW)
    assert value(folder, "SELECT value FROM about WHERE key = 'sample'") == "1"


def test_health_tells_since_when_a_source_fails(tmp_path: Path) -> None:
    folder = published(tmp_path)
    assert value(folder, "SELECT unreachable_since FROM source_health WHERE id = 'jiangsu'") == "2026-05-28T02:00:00Z"
    assert value(folder, "SELECT last_good_at FROM source_health WHERE id = 'jiangsu'") == "2026-05-20T02:00:00Z"
    assert value(folder, "SELECT verdict FROM source_health WHERE id = 'files'") == "never_run"


def test_a_refused_copy_leaves_the_last_good_one(tmp_path: Path) -> None:
    folder = published(tmp_path)
    before = hashlib.sha256(folder.public_db.read_bytes()).hexdigest()
    with contextlib.closing(sqlite3.connect(folder.work_db)) as store, store:
        store.execute("UPDATE evidence SET text = '别的' WHERE field = 'cue'")
    result = publish(folder, now=LATER)
    assert not result.done
    assert [finding.code for finding in result.findings] == ["evidence"]
    assert hashlib.sha256(folder.public_db.read_bytes()).hexdigest() == before


def test_no_store_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no rule store"):
        publish(DataFolder(tmp_path), now=NOW)


def test_a_failure_while_writing_keeps_the_last_good_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = published(tmp_path)
    before = value(folder, "SELECT value FROM about WHERE key = 'published_at'")

    def full(built: Path, public: Path) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(publishing, "replace_copy", full)
    with pytest.raises(StoreError, match=r"rules\.db failed: database or disk is full"):
        publish(folder, now=LATER)
    assert value(folder, "SELECT value FROM about WHERE key = 'published_at'") == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("publish-")] == []


def test_a_file_that_is_no_database_is_replaced(tmp_path: Path) -> None:
    folder = published(tmp_path)
    for suffix in ("-wal", "-shm"):
        folder.public_db.with_name("rules.db" + suffix).unlink(missing_ok=True)
    folder.public_db.write_bytes(b"no database at all" * 100)
    assert publish(folder, now=NOW).done
    assert value(folder, "SELECT count(*) FROM instrument") == 3


def test_the_log_is_emptied_and_the_file_has_no_free_pages(tmp_path: Path) -> None:
    folder = published(tmp_path)
    assert publish(folder, now=LATER).done
    log = folder.public_db.with_name("rules.db-wal")
    assert not log.exists() or log.stat().st_size == 0
    assert value(folder, "PRAGMA freelist_count") == 0
    assert value(folder, "PRAGMA journal_mode") == "wal"


def test_readers_see_old_or_new_and_never_an_error(tmp_path: Path) -> None:
    """A reader polls while copies with other dates are published: both columns of each answer are of one copy."""
    folder = published(tmp_path)
    seen: set[tuple[str, int]] = set()
    failures: list[str] = []
    stop = threading.Event()

    def poll() -> None:
        connection = sqlite3.connect(f"{folder.public_db.as_uri()}?mode=ro", uri=True)
        while not stop.is_set():
            try:
                row = connection.execute(
                    "SELECT value, (SELECT count(*) FROM provision WHERE status = 'not_yet_in_force') FROM about "
                    "WHERE key = 'as_of'"
                ).fetchone()
                seen.add((row[0], row[1]))
            except sqlite3.Error as error:
                failures.append(str(error))
        connection.close()

    reader = threading.Thread(target=poll)
    reader.start()
    try:
        for now in (LATER, NOW, LATER, NOW, LATER):
            assert publish(folder, now=now).done
    finally:
        stop.set()
        reader.join()
    assert failures == []
    assert seen == {("2026-06-01", 3), ("2026-08-01", 0)}


def test_statuses_are_those_of_the_day_in_china(tmp_path: Path) -> None:
    """At ten past six of 1 July there, when the daily run is scheduled, it is still June by UTC."""
    folder = published(tmp_path)
    assert publish(folder, now="2026-06-30T22:10:00Z").done
    assert value(folder, "SELECT value FROM about WHERE key = 'as_of'") == "2026-07-01"
    assert value(folder, "SELECT count(*) FROM provision WHERE status = 'not_yet_in_force'") == 0


def test_kill_at_any_moment_leaves_one_whole_copy(tmp_path: Path) -> None:
    folder = published(tmp_path)
    program = (
        "import sys; from pathlib import Path; from rules_db.connection import DataFolder; "
        "from rules_db.publish import publish\n"
        "print('ready', flush=True)\n"
        "for n in range(1000):\n"
        f"    publish(DataFolder(Path({str(tmp_path)!r})), now='2026-0%d-01T00:00:00Z' % (6 + n % 3))\n"
    )
    rng = random.Random(3)  # noqa: S311
    environment = {**os.environ, "PYTHONPATH": str(Path(publishing.__file__).parent.parent)}
    for _ in range(KILLS):
        child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(rng.uniform(0.0, 0.25))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        assert value(folder, "PRAGMA integrity_check") == "ok"
        day = value(folder, "SELECT value FROM about WHERE key = 'as_of'")
        coming = value(folder, "SELECT count(*) FROM provision WHERE status = 'not_yet_in_force'")
        assert (coming == 3) == (day < "2026-07-01")  # type: ignore[operator]
    assert publish(folder, now=LATER).done
