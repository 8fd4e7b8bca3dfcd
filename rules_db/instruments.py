"""Which instrument a text belongs to, and which of its expressions it is.

Identity is logical, never an address: a named rule (法, 条例, 办法 …) is its title within its jurisdiction and lives
through many document numbers; a notice is its document number, else its title and date. Copies on several sites
collapse into one expression with several manifestations.
"""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass

from rules_db.fingerprint import comparison_key
from rules_db.iri import instrument_iri, jurisdiction_code, short_id
from rules_db.model import HeadFacts

# A title that ends so names a rule that is amended under the same title; anything else is a document of its own.
_NAMED_RULE = re.compile(
    r"(?:法|条例|办法|规定|规则|细则|章程|规范条件|管理规范|准则|标准|指南|目录|规程|暂行规定|暂行办法)"
    r"(?:\((?:试行|暂行|示例)\))?$"
)
_NOT_NAMED = re.compile(r"^关于|的(?:通知|公告|通告|决定|决议|意见|函|批复|公示|解读|说明)(?:\(.*\))?$|^公告$|^通知$")
_STATE_PREFIX = re.compile(r"^中华人民共和国(?=.{2,})")
_REVISION_SUFFIX = re.compile(
    r"\((?:\d{4}年?)?(?:第[一二三四五六七八九十\d]+次)?(?:修订|修正|修改|修订版|修正版|修订本|修正本)\)$"
)


@dataclass(frozen=True, slots=True)
class InstrumentRef:
    """An instrument of the store."""

    id: str
    iri: str
    title: str
    title_key: str


def title_key(title: str) -> str:
    """The title as its identity: wording alone, without 中华人民共和国 in front and （2024年修订） behind."""
    key = comparison_key(title).strip("《》")
    return _REVISION_SUFFIX.sub("", _STATE_PREFIX.sub("", key))


def is_named_rule(title: str) -> bool:
    """Whether the title names a rule that keeps its title through its versions."""
    key = title_key(title)
    return bool(_NAMED_RULE.search(key)) and not _NOT_NAMED.search(key)


def number_key(number: str | None) -> str | None:
    """A document number (发文字号) as identity: brackets and width folded, 第 dropped."""
    return comparison_key(number).replace("第", "") if number else None


def resolve_instrument(connection: sqlite3.Connection, head: HeadFacts, recorded_at: str) -> tuple[InstrumentRef, bool]:
    """The instrument of a text with these head facts, recorded when new (second value True).

    Raises ValueError when the text has no title: such a text can't be cited and is not recorded.
    """
    if not head.title:
        raise ValueError("no title found; give one in the manifest")
    jurisdiction = jurisdiction_code(head.jurisdiction)
    key, named = title_key(head.title), is_named_rule(head.title)
    known = _known(
        connection, key, jurisdiction, named=named, number=number_key(head.document_number), date=_date(head)
    )
    if known is not None:
        return known, False
    kind = head.instrument_type or "document"
    name = key if named else (head.document_number or f"{key}@{_date(head) or 'undated'}")
    iri = _free_iri(connection, instrument_iri(jurisdiction, kind, name))
    connection.execute(
        """INSERT INTO instrument (id, iri, title, title_key, instrument_type, jurisdiction, issuers, recorded_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            short_id(iri),
            iri,
            head.title,
            key,
            kind,
            jurisdiction,
            json.dumps(head.issuers, ensure_ascii=False),
            recorded_at,
        ),
    )
    return InstrumentRef(short_id(iri), iri, head.title, key), True


def registered_instrument(connection: sqlite3.Connection, register_id: str | None) -> InstrumentRef | None:
    """The instrument that an entry of the register was recorded as: a corrected title, number or date of an entry makes
    no other instrument of it."""
    row = connection.execute(
        """SELECT i.id, i.iri, i.title, i.title_key FROM instrument i JOIN expression e ON e.instrument_id = i.id
             JOIN manifestation m ON m.expression_id = e.id
           WHERE json_extract(m.facts, '$.register_id') = ? ORDER BY m.recorded_at, i.id LIMIT 1""",
        (register_id,),
    ).fetchone()
    return InstrumentRef(*row) if row else None


def find_instruments(connection: sqlite3.Connection, words: str) -> list[InstrumentRef]:
    """Instruments that a person may mean by a title, IRI or id; failing these, by a document number, an id of the
    register, or another name that the register knows."""
    rows = connection.execute(
        "SELECT id, iri, title, title_key FROM instrument WHERE id = ? OR iri = ? OR title_key = ? ORDER BY iri",
        (words, words, title_key(words)),
    ).fetchall()
    return [InstrumentRef(*row) for row in rows or _known_otherwise(connection, words)]


def _known_otherwise(connection: sqlite3.Connection, words: str) -> list[sqlite3.Row]:
    named = [
        row["document_number"]
        for row in connection.execute("SELECT DISTINCT document_number FROM expression WHERE document_number <> ''")
        if number_key(row["document_number"]) == number_key(words)
    ]
    return connection.execute(
        """SELECT DISTINCT i.id, i.iri, i.title, i.title_key FROM instrument i
             JOIN expression e ON e.instrument_id = i.id LEFT JOIN manifestation m ON m.expression_id = e.id
           WHERE e.replaced_at IS NULL AND (
             e.document_number IN (SELECT value FROM json_each(?))
             OR json_extract(m.facts, '$.register_id') = ?
             OR EXISTS (SELECT 1 FROM json_each(m.facts, '$.also_called') WHERE value = ?))
           ORDER BY i.iri""",
        (json.dumps(named, ensure_ascii=False), words, title_key(words)),
    ).fetchall()


def nearest_titles(connection: sqlite3.Connection, words: str, limit: int = 5) -> list[str]:
    """Titles closest to what was typed, for a "did you mean"."""
    from rapidfuzz import fuzz, process

    titles = [row[0] for row in connection.execute("SELECT DISTINCT title FROM instrument ORDER BY title")]
    found = process.extract(words, titles, scorer=fuzz.WRatio, limit=limit, score_cutoff=40)
    return [title for title, _score, _index in found]


def _known(
    connection: sqlite3.Connection, key: str, jurisdiction: str, *, named: bool, number: str | None, date: str | None
) -> InstrumentRef | None:
    rows = connection.execute(
        "SELECT id, iri, title, title_key, jurisdiction FROM instrument WHERE title_key = ? ORDER BY recorded_at, id",
        (key,),
    ).fetchall()
    for row in rows:
        if named and row["jurisdiction"] == jurisdiction:
            return InstrumentRef(*row[:4])
        for text in connection.execute(
            "SELECT document_number, version_date FROM expression WHERE instrument_id = ?", (row["id"],)
        ):
            theirs = number_key(text["document_number"])
            if number and theirs:
                same = number == theirs
            else:  # one of the copies lost its number: the same title on the same day is the same document
                same = date is not None and date == text["version_date"]
            if same:
                return InstrumentRef(*row[:4])
    return None


def _date(head: HeadFacts) -> str | None:
    return head.version_date or head.promulgated_on or head.published_on


def _free_iri(connection: sqlite3.Connection, iri: str) -> str:
    nth, candidate = 1, iri
    while connection.execute("SELECT 1 FROM instrument WHERE iri = ?", (candidate,)).fetchone():
        nth += 1
        candidate = f"{iri}.{nth}"
    return candidate
