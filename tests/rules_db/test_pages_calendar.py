"""The calendar feed against RFC 5545: line ends, folding, escaping, UIDs that stay."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sample_store import MEASURE, NOTICE
from served import Site, published

from rules_db.pages.calendar import Event, escaped, folded, icalendar

EVENT = Event(
    "e1",
    "begins",
    "2026-12-31",
    "办法, 第一;\\号",
    "全国",
    "部令〔2026〕第2号",
    "/instrument/i1?version=e1",
    "in_force",
)


def feed(*events: Event, stamp: str = "2026-06-01T08:00:00Z") -> str:
    return icalendar(
        events, stamp=stamp, name="Guiji", words=lambda e: f"In force: {e.title}", address=lambda p: "http://x" + p
    )


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def test_an_event_lasts_one_whole_day_and_is_stamped_with_the_time_of_publication() -> None:
    lines = unfolded(feed(EVENT))
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    assert "DTSTAMP:20260601T080000Z" in lines
    assert "DTSTART;VALUE=DATE:20261231" in lines and "DTEND;VALUE=DATE:20270101" in lines
    assert "UID:e1-begins@guiji" in lines


def test_uid_outlives_a_corrected_title_and_day() -> None:
    other = Event("e1", "begins", "2027-02-01", "又名", "全国", None, "/instrument/i1", "in_force")
    uids = [re.findall("UID:.*", feed(event)) for event in (EVENT, other)]
    assert uids[0] == uids[1]


def test_text_is_escaped() -> None:
    assert escaped("a,b;c\\d\r\ne\x07") == "a\\,b\\;c\\\\d\\ne"
    assert "SUMMARY:In force: 办法\\, 第一\\;\\\\号" in unfolded(feed(EVENT))


@pytest.mark.parametrize("line", ["x" * 300, "废旧动力电池" * 40, "a" + "规" * 74, "𠮷" * 50, ""])
def test_folding_keeps_lines_short_and_characters_whole(line: str) -> None:
    parts = folded(line).encode("utf-8").split(b"\r\n")
    assert all(len(part) <= 75 for part in parts)
    assert "".join(part.decode("utf-8")[n > 0 :] for n, part in enumerate(parts)) == line


def test_no_title_can_break_out_of_its_line() -> None:
    evil = Event("e1", "ends", "2026-12-31", "x\r\nBEGIN:VEVENT\nUID:evil", "", None, "/", "in_force")
    assert [line for line in unfolded(feed(evil)) if line.startswith("UID")] == ["UID:e1-ends@guiji"]


def test_feed_of_the_site(tmp_path: Path) -> None:
    site = Site(published(tmp_path).public_db, base_url="/guiji/")
    response = site.get("/calendar.ics?lang=zh")
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = unfolded(response.text)
    assert [line for line in lines if line.startswith("UID")] == [
        f"UID:{MEASURE}-2-begins@guiji",
        f"UID:{NOTICE}-1-begins@guiji",
    ]
    assert f"URL:http://localhost/guiji/instrument/{NOTICE}?version={NOTICE}-1" in lines
    assert any(line.startswith("SUMMARY:施行：") for line in lines)
    assert response.text == site.get("/calendar.ics?lang=zh").text, "asking twice gives the same feed"
    assert unfolded(site.get("/calendar.ics?jurisdiction=320000").text).count("BEGIN:VEVENT") == 1
