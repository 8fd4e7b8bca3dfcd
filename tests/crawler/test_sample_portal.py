"""The bundled portal over its two days, against crawler/sample/expected.yml."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

from crawler.launch import crawl
from crawler.registry import load_sources
from crawler.sample import EXPECTED, NOW, SamplePortal, serve, write_sources
from crawler.sample.content import documents
from crawler.sample.files import docx_bytes
from crawler.sample.render import NOTICE
from crawler.sample.sites import SITES, pages_of
from rules_db.connection import connect

FACTS = yaml.safe_load(EXPECTED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def two_days(tmp_path_factory):
    """Verdicts of both days and the store after them."""
    root = tmp_path_factory.mktemp("portal")
    with SamplePortal(1) as portal:
        sources = write_sources(root / "sources", portal.base_urls)
        verdicts = {}
        for day in (1, 2):
            portal.show(day)
            verdicts[day] = crawl(root / "data", sources, [], NOW[day], allow_loopback=True, fast=True)
    return verdicts, root / "data"


@pytest.mark.parametrize("day", [1, 2])
def test_verdicts(two_days, day):
    found = {verdict.source_id: verdict.verdict.value for verdict in two_days[0][day]}
    assert found == FACTS[f"day{day}"]["verdicts"]


def test_day_one_is_listed_and_fetched(two_days):
    _, data = two_days
    store = connect(data / "work.db", read_only=True)
    for source_id, count in FACTS["day1"]["listed"].items():
        query = """SELECT count(*) FROM list_entry JOIN crawl_run r ON r.id = run_id
                   WHERE r.source_id = ? AND r.started_at = ?"""
        assert store.execute(query, (source_id, NOW[1])).fetchone()[0] == count
    for source_id, count in FACTS["day1"]["fetched_details"].items():
        query = """SELECT count(*) FROM sighting
                   WHERE source_id = ? AND role = 'detail' AND seen_at = ? AND outcome = 'fetched'"""
        assert store.execute(query, (source_id, NOW[1])).fetchone()[0] == count
    query = "SELECT count(*) FROM sighting WHERE role = 'attachment' AND seen_at = ?"
    assert store.execute(query, (NOW[1],)).fetchone()[0] == FACTS["day1"]["attachments"]


def test_day_two_brings_the_two_new_documents_and_the_cosmetic_page(two_days):
    _, data = two_days
    store = connect(data / "work.db", read_only=True)
    rows = store.execute(
        "SELECT facts, outcome FROM sighting WHERE role = 'detail' AND seen_at = ?", (NOW[2],)
    ).fetchall()
    fetched = sorted(json.loads(row["facts"])["title"] for row in rows if row["outcome"] == "fetched")
    assert fetched == sorted(FACTS["titles"][key] for key in ("rule", "alerts", "cosmetic"))
    assert {row["outcome"] for row in rows} == {"fetched", "not_modified"}


def test_the_broken_source_says_so_and_keeps_what_it_had(two_days):
    verdicts, data = two_days
    broken = next(verdict for verdict in verdicts[2] if verdict.source_id == FACTS["day2"]["broken_source"])
    assert "layout" in broken.reason
    assert broken.first
    store = connect(data / "work.db", read_only=True)
    held = store.execute(
        "SELECT count(*) FROM sighting WHERE source_id = ? AND role = 'detail' AND snapshot_sha256 IS NOT NULL",
        (broken.source_id,),
    ).fetchone()[0]
    assert held == FACTS["day1"]["fetched_details"][broken.source_id]


def test_every_page_and_file_says_that_it_is_sample_data():
    for day in (1, 2):
        for site in SITES:
            for path, page in pages_of(site, day).items():
                if page.media_type.startswith("text/html"):
                    assert NOTICE in page.body.decode(), path
            for document in documents(day)[site.id]:
                assert "示例" in document.title + "".join(document.paragraphs)


def test_expected_thresholds_are_really_in_the_texts():
    """expected.yml is read by other tests: it may not drift from the texts."""
    titles = FACTS["titles"]
    old, new = (
        {
            document.published: document
            for document in documents(2)["sample-ministry"]
            if document.title == titles["rule"]
        }[day]
        for day in ("2025-11-10", "2026-05-25")
    )
    for change in FACTS["day2"]["thresholds"]:
        assert change["before"] in article(old.paragraphs, change["from"])
        assert change["after"] in article(new.paragraphs, change["to"])
        assert change["before"] not in article(new.paragraphs, change["to"])
    assert len([line for line in old.paragraphs if line.startswith("第") and "条　" in line[:8]]) == 25
    (moved,) = FACTS["day2"]["provisions"]["moved"]
    assert article(old.paragraphs, moved["from"]) == article(new.paragraphs, moved["to"])
    (added,), (deleted,) = FACTS["day2"]["provisions"]["added"], FACTS["day2"]["provisions"]["deleted"]
    assert article(new.paragraphs, added) not in {article(old.paragraphs, label) for label in labels(old.paragraphs)}
    assert article(old.paragraphs, deleted) not in {article(new.paragraphs, label) for label in labels(new.paragraphs)}


def labels(lines: tuple[str, ...]) -> list[str]:
    return [line.split("　", 1)[0] for line in lines if line.startswith("第") and "条　" in line[:8]]


def article(lines: tuple[str, ...], label: str) -> str:
    """Text of an article without its label."""
    start = next(index for index, line in enumerate(lines) if line.startswith(f"{label}　"))
    end = next(
        (i for i, line in enumerate(lines[start + 1 :], start + 1) if line.startswith("第") and "　" in line[:8]),
        len(lines),
    )
    return "\n".join(lines[start:end]).removeprefix(f"{label}　")


def test_the_cosmetic_page_changes_its_bytes_and_not_one_word():
    import re

    site = SITES[0]
    path = next(document.path for document in documents(2)[site.id] if document.noise)
    one, two = (pages_of(site, day)[path].body.decode() for day in (1, 2))
    assert one != two

    def words(markup: str) -> str:
        body = markup.split('class="ccontent">')[1].split('<div class="share">')[0]
        text = re.sub(r"<[^>]+>|&nbsp;|\s", "", body)
        return text.translate(str.maketrans("（）〔〕", "()[]"))

    assert words(one) == words(two)


def test_the_server_answers_as_static_sites_do():
    with serve(1) as base_urls:
        url = base_urls["sample-dongjiang"] + "/zwgk/tzgg/"
        with urllib.request.urlopen(url) as answer:  # noqa: S310 - loopback
            etag = answer.headers["ETag"]
            assert answer.headers["Last-Modified"].endswith("GMT")
        again = urllib.request.Request(url, headers={"If-None-Match": etag})  # noqa: S310
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(again)  # noqa: S310
        assert raised.value.code == 304
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(base_urls["sample-dongjiang"] + "/etc/passwd")  # noqa: S310
        assert raised.value.code == 404
        assert all(url.startswith("http://127.0.0.1:") for url in base_urls.values())


def test_ports_can_be_kept_from_day_to_day():
    with serve(1) as first:
        pass
    with serve(2, first) as second:
        assert second == first


def test_written_sources_are_valid_and_separate(tmp_path):
    sources = load_sources(write_sources(tmp_path, {site.id: "http://127.0.0.1:9" for site in SITES}))
    assert {source.id for source in sources} == {site.id for site in SITES}
    bundled = Path(__file__).resolve().parents[2] / "crawler" / "sources"
    assert not list(bundled.glob("sample*"))


def test_attachments_are_the_same_bytes_each_time():
    document = next(document for document in documents(1)["sample-ministry"] if document.attachment)
    assert docx_bytes(document) == docx_bytes(document)


def test_a_third_day_is_refused():
    with pytest.raises(ValueError, match="not 3"):
        documents(3)
