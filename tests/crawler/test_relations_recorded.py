"""Explanations, announcements, drafts, forwarded and joint notices tied to their instrument, or told as an open issue:
never to a wrong one in silence."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_attachments_read import SITE, Archive, page

import cli
from rules_db import answers
from rules_db.connection import connect
from rules_db.publish import publish

RULE = "某省废旧动力电池贮存管理办法"
TEXT = (
    "第一条　为规范废旧动力电池贮存，制定本办法。",
    "第二条　贮存企业应当在30日内登记。",
    "第三条　贮存温度不得高于40℃。",
)
SAYS = ("近日，某省工业和信息化厅印发有关办法。现就主要内容作如下说明。", "贮存企业应当在30日内登记，意义重大。")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "data")
    made.see(rule_html=page(RULE, TEXT, {}))
    return made


def relations(archive: Archive, title: str) -> list[tuple[str, str, str, str]]:
    found = answers.show(archive.store, title)["relations"]
    return [(r["direction"], r["kind"], r["title"], r["state"]) for r in found]


def unresolved(archive: Archive) -> list[str]:
    rows = archive.store.execute("SELECT message FROM issue WHERE stage = 'relate' AND resolved_at IS NULL ORDER BY id")
    return [row["message"] for row in rows]


def test_an_explanation_is_tied_and_states_no_rules(archive: Archive) -> None:
    title = f"《{RULE}》政策解读"
    archive.see(e_html=page(title, SAYS, {}))
    assert relations(archive, title) == [("to", "interprets", RULE, "applied")]
    assert relations(archive, RULE) == [("from", "interprets", title, "applied")]
    assert archive.rules(title) == []
    assert unresolved(archive) == []
    shown = CliRunner().invoke(cli.main, ["show", title, "--data", str(archive.folder.root)], catch_exceptions=False)
    assert f"→ interprets 《{RULE}》" in shown.output
    flagged = ["flags", "--data", str(archive.folder.root), "--format", "json"]
    flags = json.loads(CliRunner().invoke(cli.main, flagged, catch_exceptions=False).stdout)
    reasons = {flag["title"]: [reason["code"] for reason in flag["reasons"]] for flag in flags}
    assert "interprets" in reasons[title]


def test_an_explanation_of_what_is_not_held_is_an_issue_until_it_comes(archive: Archive) -> None:
    title = "《某省废旧动力电池运输管理办法》解读"
    archive.see(e_html=page(title, SAYS, {}))
    (message,) = unresolved(archive)
    assert "某省废旧动力电池运输管理办法" in message
    assert "does not hold it" in message
    assert relations(archive, title)[0][3] == "unresolved"
    archive.see(r_html=page("某省废旧动力电池运输管理办法", TEXT, {}))
    assert unresolved(archive) == []
    assert relations(archive, title)[0][3] == "applied"


def namesakes(archive: Archive) -> None:
    """Two notices of one title, told apart by their numbers."""
    for number, days in ((3, 20), (5, 25)):
        lines = (
            f"某工信〔2026〕{number}号",
            f"一、回收企业应当在{days}日内报送台账。",
            "二、不得涂改废旧动力电池台账。",
        )
        archive.see(f"{SITE}/{number}", n_html=page("关于报送废旧动力电池台账的通知", lines, {}))


def test_of_namesakes_none_is_taken_unless_number_or_link_says_which(archive: Archive) -> None:
    namesakes(archive)
    bare = "《关于报送废旧动力电池台账的通知》解读"
    archive.see(e_html=page(bare, SAYS, {}))
    assert relations(archive, bare)[0][3] == "unresolved"
    assert "2 instruments bear this title" in unresolved(archive)[0]
    told = "《关于报送废旧动力电池台账的通知》（某工信〔2026〕5号）解读"
    archive.see(f_html=page(told, SAYS, {}))
    linked = "关于报送废旧动力电池台账的通知 政策问答"
    link = f'<a href="{SITE}/3/n.html">政策原文</a>'
    archive.see(g_html=page(linked, (*SAYS, link), {}))
    numbers = []
    for title in (told, linked):
        (relation,) = answers.show(archive.store, title)["relations"]
        row = archive.store.execute(
            "SELECT document_number FROM expression WHERE instrument_id = ?", (relation["instrument_id"],)
        ).fetchone()
        numbers.append(row[0])
    assert numbers == ["某工信〔2026〕5号", "某工信〔2026〕3号"]


def test_announcement_forwarding_and_draft_are_tied(archive: Archive) -> None:
    announced, forwarded = "关于第一批贮存企业名单的公示", f"某市工业和信息化局转发《{RULE}》的通知"
    draft = f"关于公开征求《{RULE}（修订草案征求意见稿）》意见的通知"
    ground = (f"根据《{RULE}》，现将废旧动力电池贮存企业名单予以公示。", "公示期间有异议的，应当书面反映。")
    archive.see(
        a_html=page(announced, ground, {}),
        f_html=page(forwarded, ("现转发给你们，请结合废旧动力电池工作遵照执行。",), {}),
        d_html=page(
            draft,
            ("为做好废旧动力电池贮存工作，现向社会公开征求意见，有关单位应当在2026年6月30日前书面反馈意见。",),
            {},
        ),
    )
    assert relations(archive, announced) == [("to", "announces", RULE, "applied")]
    assert relations(archive, forwarded) == [("to", "forwards", RULE, "applied")]
    assert relations(archive, draft)[0][:2] == ("to", "drafts")
    kinds = {(r[1], r[2]) for r in relations(archive, RULE) if r[0] == "from"}
    assert {("announces", announced), ("forwards", forwarded)} <= kinds


def test_a_joint_notice_on_two_sites_is_one_instrument(archive: Archive) -> None:
    title = "某省工业和信息化厅 某省生态环境厅关于联合开展废旧动力电池检查的通知"
    lines = (
        "某工信联〔2026〕8号",
        "一、贮存企业应当接受检查。",
        "二、不得拒绝、阻挠检查。",
        "某省工业和信息化厅",
        "某省生态环境厅",
        "2026年5月9日",
    )
    archive.see(n_html=page(title, lines, {}))
    archive.see("https://sthjt.example.gov.cn/x", n_html=page(title, lines, {}))
    row = archive.store.execute("SELECT id, issuers FROM instrument WHERE title = ?", (title,)).fetchall()
    assert len(row) == 1
    assert json.loads(row[0]["issuers"]) == ["某省工业和信息化厅", "某省生态环境厅"]
    copies = archive.store.execute(
        "SELECT count(DISTINCT url) FROM manifestation m JOIN expression e ON "
        "e.id = m.expression_id WHERE e.instrument_id = ?",
        (row[0]["id"],),
    ).fetchone()[0]
    assert copies == 2


def test_readers_see_the_relation(archive: Archive) -> None:
    archive.see(e_html=page(f"《{RULE}》解读", SAYS, {}))
    publish(archive.folder, now="2026-05-20T00:00:00Z", accept_mass_change=True)
    public: sqlite3.Connection = connect(archive.folder.public_db, read_only=True)
    rows = public.execute("SELECT kind, target_title, state FROM effect WHERE kind = 'interprets'").fetchall()
    assert [tuple(row) for row in rows] == [("interprets", RULE, "applied")]
