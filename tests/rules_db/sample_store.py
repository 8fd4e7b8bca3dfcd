"""A small hand-made store for tests of what readers see: every sentence is made up for this file.

`fill(folder)` writes a measure in two versions, a provincial notice, a draft, rules with thresholds and evidence, the
catalogue with accepted, proposed and suspect links, gaps, changes, flags and two sources of which one is broken.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from rules_db.connection import DataFolder, open_store, transaction
from rules_db.fingerprint import fingerprint

NOW = "2026-06-01T08:00:00Z"
HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)>" onmouseover="alert(3)'
MEASURE = "a1b2c3d4e5"
NOTICE = "b1b2c3d4e5"
DRAFT = "c1b2c3d4e5"
DIGEST = "ab" * 32


@dataclass(frozen=True)
class Article:
    label: str
    text: str
    chapter: str = ""


# stands unchanged in both versions, renumbered
KEPT = "回收网点应当每年报送运行报告，报告留存不少于2年。"
OLD = (
    Article("第一条", "为规范退役动力电池的回收，制定本办法。", "第一章 总则"),
    Article("第二条", "回收网点应当自接收退役电池之日起30日内向所在地主管部门备案。", "第一章 总则"),
    Article("第三条", "梯次利用企业应当保存检测记录，保存期限不少于3年。", "第二章 管理"),
    Article("第四条", "未按规定备案的，处1万元以上3万元以下罚款。", "第三章 法律责任"),
    Article("第五条", KEPT, "第四章 附则"),
)
NEW = (
    Article("第一条", "为规范退役动力电池的回收和追溯，制定本办法。", "第一章 总则"),
    Article("第二条", "回收网点应当自接收退役电池之日起15日内向所在地主管部门备案。", "第一章 总则"),
    Article("第三条", "回收网点不得拆解退役电池。", "第二章 管理"),
    Article("第四条", "梯次利用企业应当保存检测记录，保存期限不少于5年。", "第二章 管理"),
    Article("第五条", "未按规定备案的，处5万元以上10万元以下罚款。", "第三章 法律责任"),
    Article("第六条", KEPT, "第四章 附则"),
)
NOTICE_PARTS = (
    Article("一、", "统一编码。各网点应当安装读码设备，识读率不低于99%。"),
    Article("二、", "上传时限。ICP备案平台的数据应当在24小时内上传。"),
)
RULES = {
    # rule id → (instrument, modality, bearer, [(expression, sentence)], thresholds by sentence number)
    "rule00000001": (
        MEASURE,
        "obligation",
        "回收网点",
        ((f"{MEASURE}-1", OLD[1].text), (f"{MEASURE}-2", NEW[1].text)),
        (("30日内", "le", 30.0, None, "day"), ("15日内", "le", 15.0, None, "day")),
    ),
    "rule00000002": (
        MEASURE,
        "obligation",
        "梯次利用企业",
        ((f"{MEASURE}-1", OLD[2].text), (f"{MEASURE}-2", NEW[3].text)),
        (("不少于3年", "ge", 3.0, None, "year"), ("不少于5年", "ge", 5.0, None, "year")),
    ),
    "rule00000003": (MEASURE, "prohibition", "回收网点", ((f"{MEASURE}-2", NEW[2].text),), (None,)),
    "rule00000004": (
        MEASURE,
        "penalty",
        "",
        ((f"{MEASURE}-1", OLD[3].text), (f"{MEASURE}-2", NEW[4].text)),
        (
            ("1万元以上3万元以下", "range", 10000.0, 30000.0, "CNY"),
            ("5万元以上10万元以下", "range", 50000.0, 100000.0, "CNY"),
        ),
    ),
    "rule00000005": (
        NOTICE,
        "obligation",
        "各网点",
        ((f"{NOTICE}-1", "各网点应当安装读码设备，识读率不低于99%。"),),
        (("不低于99%", "ge", 99.0, None, "percent"),),
    ),
}
_VALID = {
    f"{MEASURE}-1": ("2024-01-01", "2026-03-01"),
    f"{MEASURE}-2": ("2026-03-01", None),
    f"{NOTICE}-1": ("2026-07-01", None),
}


def fill(folder: DataFolder, *, hostile: bool = False) -> None:
    """Write the sample store; `hostile` puts markup into every text that comes from outside."""
    evil = HOSTILE if hostile else ""
    connection = open_store(folder)
    with transaction(connection):
        _sources(connection)
        title = "退役动力电池回收管理办法" + evil
        _instrument(connection, MEASURE, title, "departmental rule", "100000", '["工业和信息化部"]')
        _expression(connection, MEASURE, 1, "2023-12-01", "2024-01-01", OLD, "部令〔2023〕第9号")
        _expression(connection, MEASURE, 2, "2026-02-01", "2026-03-01", NEW, "部令〔2026〕第2号" + evil)
        _instrument(connection, NOTICE, "江苏省退役电池编码和数据上传工作通知" + evil, "notice", "320000", "[]")
        _expression(connection, NOTICE, 1, "2026-05-20", "2026-07-01", NOTICE_PARTS, "苏工信〔2026〕18号", kind="level")
        _instrument(connection, DRAFT, "退役电池碳足迹核算办法（征求意见稿）", "draft", "100000", "[]")
        _expression(
            connection, DRAFT, 1, "2026-05-25", None, (Article("第一条", "企业应当核算碳足迹" + evil + "。"),), None
        )
        for rule_id, (instrument, modality, bearer, places, thresholds) in RULES.items():
            connection.execute("INSERT INTO rule VALUES (?, ?, ?)", (rule_id, instrument, NOW))
            for n, ((expression, sentence), threshold) in enumerate(zip(places, thresholds, strict=True), 1):
                _rule_version(connection, rule_id, n, expression, sentence, modality, bearer, threshold, evil)
        connection.execute("INSERT INTO rule VALUES ('rule00000006', ?, ?)", (MEASURE, NOW))
        quantity = ("不少于2年", "ge", 2.0, None, "year")
        _rule_version(connection, "rule00000006", 1, f"{MEASURE}-1", KEPT, "obligation", "回收网点", quantity, evil)
        connection.execute("UPDATE rule_version SET valid_to = NULL WHERE rule_id = 'rule00000006'")
        _place(connection, "rule00000006-1", f"{MEASURE}-2", KEPT)
        _catalogue(connection, evil)
        _feed(connection, evil)
    connection.close()


def _sources(connection: sqlite3.Connection) -> None:
    rows = [
        ("moiit", "工业和信息化部", "jpaas", "100000", "A", "active", "official", "{}"),
        ("jiangsu", "江苏省工业和信息化厅", "trs", "320000", "B", "active", "official", "{}"),
        ("files", "Files handed in", "files", "100000", "A", "active", "repost", "{}"),
    ]
    connection.executemany("INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    runs = [
        (1, "moiit", "2026-05-30T02:00:00Z", "2026-05-30T02:01:00Z", "ok", None),
        (2, "jiangsu", "2026-05-20T02:00:00Z", "2026-05-20T02:01:00Z", "ok", None),
        (3, "jiangsu", "2026-05-28T02:00:00Z", "2026-05-28T02:01:00Z", "broken", "no entries at /srv/secret-path"),
        (4, "jiangsu", "2026-05-30T02:00:00Z", "2026-05-30T02:01:00Z", "blocked", "HTTP 412"),
    ]
    connection.executemany("INSERT INTO crawl_run VALUES (?, ?, ?, ?, ?, ?)", runs)
    connection.execute("INSERT INTO snapshot VALUES (?, 10, 'text/html', ?)", (DIGEST, NOW))


def _instrument(
    connection: sqlite3.Connection, key: str, title: str, kind: str, jurisdiction: str, issuers: str
) -> None:
    connection.execute(
        """INSERT INTO instrument (id, iri, title, title_key, instrument_type, jurisdiction, issuers, recorded_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (key, f"/cn/{key}", title, title, kind, jurisdiction, issuers, NOW),
    )


def _expression(
    connection: sqlite3.Connection,
    instrument: str,
    n: int,
    version_date: str,
    effective_on: str | None,
    articles: tuple[Article, ...],
    number: str | None,
    *,
    kind: str = "article",
) -> None:
    key = f"{instrument}-{n}"
    title = connection.execute("SELECT title FROM instrument WHERE id = ?", (instrument,)).fetchone()[0]
    text, rows, chapter_eid = (
        title + "\n",
        [("preface", "preface", "", "", None, 0, 0, len(title) + 1, len(title) + 1)],
        None,
    )
    chapters: list[str] = []
    for i, article in enumerate(articles, 1):
        if article.chapter and article.chapter not in chapters:
            chapters.append(article.chapter)
            chapter_eid = f"chp_{len(chapters)}"
            label, heading = article.chapter.split(" ")
            start = len(text)
            text += f"{label} {heading}\n"
            rows.append((chapter_eid, "chapter", label, heading, None, len(rows), start, len(text), len(text)))
        start = len(text)
        text += f"{article.label}　{article.text}\n"
        eid = f"art_{i}" if kind == "article" else f"lvl_{i}"
        rows.append((eid, kind, article.label, "", chapter_eid, len(rows), start, len(text), len(text)))
    status = "draft" if "征求意见稿" in title else "in_force"
    connection.execute(
        """INSERT INTO expression (id, iri, instrument_id, version_date, document_number, promulgated_on, published_on,
             effective_on, effective_basis, status, text, text_fingerprint, tier, pipeline_version, recorded_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'official', 'test-1', ?)""",
        (
            key,
            f"/cn/{instrument}/zho@{version_date}",
            instrument,
            version_date,
            number,
            version_date,
            version_date,
            effective_on,
            "stated" if effective_on else "unknown",
            status,
            text,
            fingerprint(text),
            NOW,
        ),
    )
    connection.executemany("INSERT INTO provision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [(key, *row) for row in rows])
    copies = [(f"https://www.example.gov.cn/{key}.html", "moiit", "official"), (f"file:{key}.md", "files", "repost")]
    connection.executemany(
        "INSERT INTO manifestation VALUES (?, ?, ?, ?, ?, '{}', ?, '')",
        [(key, DIGEST, url, source, tier, NOW) for url, source, tier in copies],
    )


def _rule_version(
    connection: sqlite3.Connection,
    rule_id: str,
    n: int,
    expression: str,
    sentence: str,
    modality: str,
    bearer: str,
    threshold: tuple[str, str, float, float | None, str] | None,
    evil: str,
) -> None:
    key = f"{rule_id}-{n}"
    text, start, place = _find(connection, expression, sentence)
    end = start + len(sentence)
    valid_from, valid_to = _VALID[expression]
    values = {
        "id": key,
        "rule_id": rule_id,
        "n": n,
        "expression_id": expression,
        "eid": place["eid"],
        "label": place["label"],
        "modality": modality,
        "bearer": bearer,
        "action": sentence.rstrip("。") + evil,
        "condition": "",
        "exception": "",
        "deadline": "",
        "consequence": "",
        "statement": sentence,
        "start": start,
        "end": end,
        "fingerprint": fingerprint(sentence),
        "valid_from": valid_from,
        "valid_to": valid_to,
        "status": "in_force",
        "confidence": 0.9,
        "reason": "direct",
        "pipeline_version": "test-1",
        "recorded_at": NOW,
        "content_digest": fingerprint(key),
    }
    _insert(connection, "rule_version", values)
    _place(connection, key, expression, sentence)
    for field, words in (
        ("cue", "应当" if "应当" in sentence else "不得" if "不得" in sentence else "罚款"),
        ("bearer", bearer),
    ):
        if words:
            at = text.index(words, start)
            connection.execute(
                "INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, field, expression, at, at + len(words), words, f"{field}.test"),
            )
    if threshold:
        words, comparator, value, value_max, unit = threshold
        at = text.index(words, start)
        values = {
            "id": f"t-{key}",
            "expression_id": expression,
            "eid": place["eid"],
            "label": place["label"],
            "rule_version_id": key,
            "parameter": "",
            "comparator": comparator,
            "value": value,
            "value_max": value_max,
            "unit": unit,
            "base": "",
            "trigger_event": "",
            "text": words,
            "start": at,
            "end": at + len(words),
            "pattern": "quantity.test",
            "confidence": 0.9,
            "pipeline_version": "test-1",
            "recorded_at": NOW,
            "content_digest": fingerprint("t", key),
        }
        _insert(connection, "threshold", values)


def _find(connection: sqlite3.Connection, expression: str, sentence: str) -> tuple[str, int, sqlite3.Row]:
    """The expression's text, where the sentence begins in it, and the provision that holds it."""
    text = connection.execute("SELECT text FROM expression WHERE id = ?", (expression,)).fetchone()[0]
    start = text.index(sentence)
    place = connection.execute(
        "SELECT eid, label FROM provision WHERE expression_id = ? AND start <= ? ORDER BY start DESC",
        (expression, start),
    ).fetchone()
    return text, start, place


def _place(connection: sqlite3.Connection, version: str, expression: str, sentence: str) -> None:
    _text, start, place = _find(connection, expression, sentence)
    values = (version, expression, place["eid"], place["label"], start, start + len(sentence))
    connection.execute("INSERT INTO rule_place VALUES (?, ?, ?, ?, ?, ?)", values)


def _insert(connection: sqlite3.Connection, table: str, values: dict[str, object]) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))  # noqa: S608


def _catalogue(connection: sqlite3.Connection, evil: str) -> None:
    own = {"tier": "practice", "source": "own practice"}
    control = {"method": "examine", "retention": "5 years", **own}
    titles = {"id": "CTL-1", "title": "Outlet filing", "title_zh": "网点备案"}
    words = {
        "objective": "Outlets are filed in time",
        "steps": "Look at the receipts",
        "owner_role": "compliance officer",
    }
    chinese = {"objective_zh": "网点按期备案", "steps_zh": '["查看回执"]', "owner_role_zh": "合规专员"}
    _insert(connection, "control", {**titles, **words, **chinese, **control})
    titles = {"id": "CTL-2", "title": "Test records", "title_zh": "检测记录"}
    words = {"objective": "Records are kept", "steps": "Draw a sample", "owner_role": "quality lead"}
    _insert(connection, "control", {**titles, **words, **control})
    device = {"installed_at": "receiving bay", "parameters": "read rate >= 99 %", "standards": "GB/T 34014"}
    checks = {"acceptance_check": "read 100 codes", "records": "log of reads", "restrictions": ""}
    titles = {"id": "HW-1", "title": "Code reader", "title_zh": "读码设备"}
    _insert(connection, "hardware_item", {**titles, **device, **checks, **own})
    receipt = {"description": "Receipt of the filing", "retention_legal": "", "retention_suggested": "5 years"}
    _insert(
        connection, "evidence_item", {"id": "EV-1", "title": "Filing receipt", "title_zh": "备案回执", **receipt, **own}
    )
    connection.execute(
        "INSERT INTO catalogue_link VALUES ('control', 'CTL-2', 'hardware_item', 'HW-1', 'reads the codes')"
    )
    rows = [
        ("m1", "rule00000003", "control", "CTL-1", "accepted", None),
        ("m2", "rule00000001", "control", "CTL-1", "suspect", "2026-03-01"),
        ("m3", "rule00000005", "hardware_item", "HW-1", "proposed", None),
        ("m4", "rule00000002", "control", "CTL-2", "rejected", None),
    ]
    connection.executemany(
        """INSERT INTO mapping (id, rule_id, selector, target_kind, target_id, relationship, rationale, status, stamp,
             stamp_statement, tier, reviewed_by, reviewed_on, suspect_since)
           VALUES (?, ?, '', ?, ?, 'intersects', ?, ?, 'stamp', ?, 'practice', 'reviewer@example.org', '2026-01-15',
             ?)""",
        [(i, rule, kind, target, "both ask for filing" + evil, state, OLD[1].text, since)
         for i, rule, kind, target, state, since in rows],
    )  # fmt: skip
    gaps = [("GAP-1", "Reader models", "读码设备型号"), ("GAP-2", "Upload fields", "上传字段")]
    connection.executemany(
        """INSERT INTO gap
             (id, title, title_zh, description, topic_words, left_open_by, could_be_filled_by, tier, source)
           VALUES (?, ?, ?, 'Not said', '[]', 'the measure', 'provinces', 'practice', 'own reading')""",
        gaps,
    )
    connection.execute(
        "INSERT INTO gap_filling VALUES ('GAP-1', ?, ?, 'lvl_1', 'names reader and rate', ?)",
        (NOTICE, f"{NOTICE}-1", NOW),
    )


def _feed(connection: sqlite3.Connection, evil: str) -> None:
    detail = {"old": {"text": "30日内"}, "new": {"text": "15日内"}, "direction": "tightened"}
    rows = [
        ("c1", "instrument_new", MEASURE, None, f"{MEASURE}-1", "", "", None, "New document", "{}", "2024-01-01"),
        ("c2", "threshold_tightened", MEASURE, f"{MEASURE}-1", f"{MEASURE}-2", "第二条", "第二条", "rule00000001",
         "第二条: 30日内 → 15日内 (tightened)" + evil, json.dumps(detail), "2026-03-01"),
        ("c3", "instrument_new", NOTICE, None, f"{NOTICE}-1", "", "", None, "New document", "{}", "2026-07-01"),
        ("c4", "furniture", MEASURE, f"{MEASURE}-1", f"{MEASURE}-2", "", "", None, "Brackets", "{}", None),
        ("c5", "site_broken", None, None, None, "", "", None, "jiangsu: no entries", "{}", None),
    ]  # fmt: skip
    connection.executemany(
        """INSERT INTO change (id, kind, instrument_id, from_expression_id, to_expression_id, from_label, to_label,
             rule_id, summary, detail, valid_on, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [(*row, NOW) for row in rows],
    )
    sentences = ["Title is about 退役电池", "May fill the gap GAP-1" + evil]
    reasons = {"kind": "action required", "reasons": [{"code": "x", "weight": 1, "sentence": s} for s in sentences]}
    connection.execute('INSERT INTO flag VALUES (?, 0, \'{"kind": "news", "reasons": []}\', ?)', (f"{MEASURE}-2", NOW))
    connection.execute(
        "INSERT INTO flag VALUES (?, 0.9, ?, ?)",
        (f"{NOTICE}-1", json.dumps(reasons, ensure_ascii=False), NOW),
    )
