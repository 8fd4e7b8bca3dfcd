"""Files beside a page read as documents: notices that are only a file, titled rules, tables, files that come later,
scans; and what is no change of law although the text that is held became another one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import file_builders as fb
import pytest
from click.testing import CliRunner

import cli
from rules_db import answers
from rules_db.connection import DataFolder, connect, open_store
from rules_db.intake import register_handed_in
from rules_db.snapshots import SnapshotStore
from rules_db.stages import File, record_files

SITE = "https://gxt.example.gov.cn/zw"
COVER = ("各市工业和信息化局：", "现将有关材料印发给你们，综合利用企业应当达到附件的指标。")


def page(title: str, lines: Sequence[str], files: Mapping[str, str], counter: int = 0) -> bytes:
    """A notice of a usual site; `files` = link label by file name."""
    body = "".join(f"<p>{line}</p>" for line in lines)
    links = "".join(f'<p><a href="{name}">{label}</a></p>' for name, label in files.items())
    return (
        f'<html><head><meta charset="utf-8"><meta name="ArticleTitle" content="{title}">'
        f'<meta name="PubDate" content="2026-05-10"></head><body><h1>{title}</h1>'
        f'<div class="TRS_Editor">{body}{links}</div><span>浏览次数：{counter}</span></body></html>'
    ).encode()


def table(*rows: Sequence[str]) -> str:
    def cell(text: str) -> str:
        return f"<w:tc>{fb.p(text)}</w:tc>"

    return "<w:tbl>" + "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows) + "</w:tbl>"


class Archive:
    """A store that sees pages and files day by day under their addresses, as a crawl would record them."""

    def __init__(self, root: Path) -> None:
        self.folder = DataFolder(root).create()
        self.day = 10
        with open_store(self.folder) as store:
            register_handed_in(store)

    def see(self, site: str = SITE, **files: bytes) -> dict[str, Any]:
        """Record files (page_html=… is page.html of the site) and process; the summary of the day."""
        self.day += 1
        when = f"2026-05-{self.day}T01:00:00Z"
        store = open_store(self.folder)
        given = [
            File(name, data, {"url": f"{site}/{name.replace('_', '.')}", "published_on": "2026-05-10"})
            for name, data in files.items()
        ]
        record_files(store, SnapshotStore(self.folder.snapshots, store), given, "ingest", when)
        result = cli.process(store, self.folder, when, 1)
        store.close()
        return result

    @property
    def store(self) -> sqlite3.Connection:
        return connect(self.folder.work_db, read_only=True)

    def feed(self) -> list[tuple[str, str]]:
        rows = self.store.execute("SELECT kind, summary FROM change WHERE kind <> 'gap_filled' ORDER BY rowid")
        return [(row["kind"], row["summary"]) for row in rows]

    def rules(self, title: str) -> list[str]:
        rows = self.store.execute(
            """SELECT v.statement FROM rule_version v JOIN expression e ON e.id = v.expression_id
               JOIN instrument i ON i.id = e.instrument_id WHERE i.title = ? AND v.superseded_at IS NULL
               AND v.valid_to IS NULL ORDER BY v.start""",
            (title,),
        )
        return [row["statement"] for row in rows]

    def limits(self, title: str) -> list[tuple[str, str, float, str]]:
        rows = self.store.execute(
            """SELECT t.parameter, t.comparator, t.value, t.unit FROM threshold t
               JOIN expression e ON e.id = t.expression_id JOIN instrument i ON i.id = e.instrument_id
               WHERE i.title = ? AND t.superseded_at IS NULL AND e.replaced_at IS NULL ORDER BY t.start""",
            (title,),
        )
        return [tuple(row) for row in rows]

    def issues(self) -> set[tuple[str, str]]:
        rows = self.store.execute("SELECT stage, code FROM issue WHERE resolved_at IS NULL")
        return {(row["stage"], row["code"]) for row in rows}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "data")


DUTY = "关于做好示例废旧动力电池台账管理工作的通知"
INDEX = "关于公布示例综合利用技术指标的通知"
RULE = "某省废旧动力电池贮存管理办法（试行）"
ISSUING = f"某省工业和信息化厅关于印发《{RULE}》的通知"


def duty_pdf() -> bytes:
    return fb.pdf(
        [
            [
                (100, 80, 22, DUTY),
                (104, 160, 16, "一、回收企业应当建立台账，保存期限不少于三年。"),
                (104, 190, 16, "二、不得将废旧动力电池交给未登记的企业。"),
            ]
        ]
    )


def rule_docx(days: int = 30) -> bytes:
    lines = (
        "附件",
        RULE,
        "第一条　为规范贮存，制定本办法。",
        f"第二条　贮存企业应当在{days}日内登记。",
        "第三条　贮存温度不得高于40℃。",
    )
    return fb.docx("".join(map(fb.p, lines)))


def index_xlsx(nickel: str = "≥98") -> bytes:
    rows = [["技术指标"], ["项目", "指标", "单位"], ["镍综合回收率", nickel, "%"], ["单位产品能耗", "≤1.2", "tce/t"]]
    return fb.xlsx({"Sheet1": rows})


def test_a_notice_whose_text_is_only_in_a_file_gives_rules(archive: Archive) -> None:
    summary = archive.see(n_html=page(DUTY, (), {"n.pdf": f"{DUTY}.pdf"}), n_pdf=duty_pdf())
    assert summary["outcomes"] == {"new_instrument": 1}
    assert archive.rules(DUTY) == [
        "回收企业应当建立台账，保存期限不少于三年。",
        "不得将废旧动力电池交给未登记的企业。",
    ]
    assert archive.limits(DUTY) == [("保存期限", "ge", 3.0, "year")]
    assert archive.issues() == set()


def test_a_table_in_a_file_gives_limits_of_the_notice(archive: Archive) -> None:
    forms = fb.docx(fb.p("申报表") + table(("企业名称", ""), ("法定代表人", "")))
    links = {"a.xlsx": "附件1：技术指标.xlsx", "b.docx": "附件2：申报表.docx"}
    archive.see(n_html=page(INDEX, COVER, links), a_xlsx=index_xlsx(), b_docx=forms)
    assert archive.limits(INDEX) == [("镍综合回收率", "ge", 98.0, "percent"), ("单位产品能耗", "le", 1.2, "tce/t")]
    parts = archive.store.execute("SELECT eid, label, heading FROM provision WHERE kind = 'attachment' ORDER BY ord")
    assert [tuple(row) for row in parts] == [("att_1", "附件1", "技术指标"), ("att_2", "附件2", "申报表")]


@pytest.mark.parametrize("kind", ["docx", "html", "pdf"])
def test_tables_of_every_kind_of_file_have_heads(archive: Archive, kind: str) -> None:
    rows = (("项目", "指标", "单位"), ("锂综合回收率", "≥95", "%"))
    markup = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    if kind == "html":
        archive.see(n_html=page(INDEX, (*COVER, f"</p><table>{markup}</table><p>"), {}))
    elif kind == "pdf":
        places = ((90, 260, 400)[k] for _ in rows for k in range(3))
        cells = [(next(places), 120.0 + 30 * n, 16.0, cell) for n, row in enumerate(rows) for cell in row]
        archive.see(n_html=page(INDEX, COVER, {"a.pdf": "附件：指标.pdf"}), a_pdf=fb.pdf([cells]))
    else:
        archive.see(n_html=page(INDEX, COVER, {"a.docx": "附件"}), a_docx=fb.docx(fb.p("附件") + table(*rows)))
    assert archive.limits(INDEX) == [("锂综合回收率", "ge", 95.0, "percent")]


def test_a_file_with_a_rules_title_is_an_instrument_of_its_own(archive: Archive) -> None:
    lines = ("各市工业和信息化局：", f"现将《{RULE}》印发给你们，请遵照执行。")
    archive.see(n_html=page(ISSUING, lines, {"r.docx": f"附件：{RULE}.docx"}), r_docx=rule_docx())
    assert archive.rules(RULE) == ["贮存企业应当在30日内登记。", "贮存温度不得高于40℃。"]
    effects = archive.store.execute("SELECT kind, target_title, state FROM effect").fetchall()
    assert ("issues", RULE, "applied") in [tuple(row) for row in effects]
    assert answers.show(archive.store, f"{RULE} 第二条")["units"][0]["label"] == "第二条"


def test_a_page_that_is_only_a_title_leads_to_the_rule(archive: Archive) -> None:
    summary = archive.see(n_html=page(ISSUING, (), {"r.docx": f"{RULE}.docx"}), r_docx=rule_docx())
    assert summary["outcomes"] == {"in_attachments": 1, "new_instrument": 1}
    assert answers.show(archive.store, ISSUING)["instrument"] == RULE
    assert archive.issues() == set()


def test_a_file_that_comes_later_is_no_change_of_law(archive: Archive) -> None:
    links = {"a.xlsx": "附件：技术指标.xlsx"}
    archive.see(n_html=page(INDEX, COVER, links, counter=1))
    assert archive.limits(INDEX) == []
    before = archive.feed()
    summary = archive.see(n_html=page(INDEX, COVER, links, counter=2), a_xlsx=index_xlsx())
    assert summary["outcomes"] == {"completed": 1}
    assert archive.feed() == before == [("instrument_new", f"New document: {INDEX}")]
    assert [limit[0] for limit in archive.limits(INDEX)] == ["镍综合回收率", "单位产品能耗"]
    assert len(archive.rules(INDEX)) == 1
    again = archive.see(n_html=page(INDEX, COVER, links, counter=3))
    assert (again["outcomes"], archive.feed()) == ({"same_text": 1}, before)


def test_an_edited_file_is_a_change_of_law_once(archive: Archive) -> None:
    links = {"a.xlsx": "附件：技术指标.xlsx"}
    archive.see(n_html=page(INDEX, COVER, links), a_xlsx=index_xlsx())
    summary = archive.see(a_xlsx=index_xlsx("≥99"))
    assert summary["outcomes"] == {"new_expression": 1}
    changes = archive.feed()[1:]
    assert [kind for kind, _ in changes] == ["provision_amended", "threshold_tightened"]
    assert "≥98 → ≥99" in changes[1][1]
    for counter in (1, 2, 3):  # the page under it is looked at again and again
        archive.see(n_html=page(INDEX, COVER, links, counter=counter))
    assert archive.feed()[1:] == changes


def test_an_edited_rule_of_its_own_changes_that_rule(archive: Archive) -> None:
    html = page(ISSUING, (f"现将《{RULE}》印发给你们。",), {"r.docx": f"附件：{RULE}.docx"})
    archive.see(n_html=html, r_docx=rule_docx())
    archive.see(r_docx=rule_docx(20))
    assert [kind for kind, _ in archive.feed()[2:]] == ["provision_amended", "threshold_tightened"]
    assert archive.rules(RULE)[0] == "贮存企业应当在20日内登记。"


def test_a_copy_without_the_files_is_a_copy(archive: Archive) -> None:
    links = {"a.xlsx": "附件：技术指标.xlsx"}
    archive.see(n_html=page(INDEX, COVER, links), a_xlsx=index_xlsx())
    summary = archive.see("https://www.other.gov.cn/x", n_html=page(INDEX, COVER, links))
    assert summary["outcomes"] == {"same_text": 1}
    assert len(archive.feed()) == 1
    assert len(archive.limits(INDEX)) == 2


def test_a_file_that_repeats_the_page_is_not_read_twice(archive: Archive) -> None:
    lines = ("一、回收企业应当建立台账，保存期限不少于三年。", "二、不得将废旧动力电池交给未登记的企业和个人。")
    copy = fb.docx("".join(fb.p(line) for line in (DUTY, *lines)))
    archive.see(n_html=page(DUTY, lines, {"n.docx": "下载.docx"}), n_docx=copy)
    assert len(archive.rules(DUTY)) == 2


def test_another_converter_is_no_change_of_law(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A converter that reads more out of the same bytes: the text is another one, the law is not."""
    import crawler.convert

    links = {"a.xlsx": "附件：技术指标.xlsx"}
    lines = (*COVER, "综合利用企业应当在30日内报送信息。")
    archive.see(n_html=page(INDEX, lines, links), a_xlsx=index_xlsx())
    edited = (*COVER, "综合利用企业应当在20日内报送信息。")
    archive.see(n_html=page(INDEX, edited, links))  # two expressions: the second found in place
    before, flags = archive.feed(), archive.store.execute("SELECT count(*) FROM flag").fetchone()[0]
    plain = cli._convert

    def other(data: bytes, name: str, content_type: str | None, url: str, selectors: Sequence[str] = ()) -> Any:
        import dataclasses

        document = plain(data, name, content_type, url, selectors)
        first, *rest = document.blocks
        return dataclasses.replace(document, blocks=(dataclasses.replace(first, text="某省：" + first.text), *rest))

    monkeypatch.setattr(cli, "_convert", other)
    monkeypatch.setattr(crawler.convert, "CONVERTER_VERSION", "other")
    summary = archive.see()
    assert summary["outcomes"] == {"converted_anew": 2}
    assert archive.feed() == before
    assert archive.store.execute("SELECT count(*) FROM flag").fetchone()[0] == flags + 2, (
        "carried over, not judged anew"
    )
    texts = archive.store.execute("SELECT text FROM expression WHERE replaced_at IS NULL").fetchall()
    assert len(texts) == 2
    assert all(row["text"].startswith("某省：") for row in texts)
    assert "综合利用企业应当在20日内报送信息。" in archive.rules(INDEX)
    assert archive.see()["outcomes"] == {}


def test_a_scan_waits_for_a_person_and_is_read_when_handed_in(archive: Archive) -> None:
    scan = fb.pdf([[(72, 80, 16, "1")]])
    archive.see(n_html=page(DUTY, (), {"n.pdf": "附件：扫描件.pdf"}), n_pdf=scan)
    assert archive.issues() == {("convert", "no_text"), ("read", "text_in_attachment")}
    arguments = ["review", "files", "--data", str(archive.folder.root), "--format", "json"]
    (row,) = json.loads(CliRunner().invoke(cli.main, arguments, catch_exceptions=False).stdout)
    assert (row["code"], row["file"], row["page"]) == ("no_text", f"{SITE}/n.pdf", f"{SITE}/n.html")
    read_by_a_person = fb.docx("".join(map(fb.p, ("一、回收企业应当建立台账。", "二、不得将废旧动力电池交给他人。"))))
    archive.see(n_pdf=read_by_a_person)
    assert archive.rules(DUTY) == ["回收企业应当建立台账。", "不得将废旧动力电池交给他人。"]
    assert archive.issues() == set()


def test_a_list_of_thousands_is_named_and_left_out(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    import rules_db.attached

    monkeypatch.setattr(rules_db.attached, "MOST_CHARACTERS", 500)
    rows = [["序号", "企业名称"], *([str(n), f"示例企业第{n}号有限公司"] for n in range(60))]
    archive.see(n_html=page(INDEX, COVER, {"a.xlsx": "附件：名单.xlsx"}), a_xlsx=fb.xlsx({"S": rows}))
    assert ("read", "attachment_too_long") in archive.issues()
    assert len(archive.rules(INDEX)) == 1


def test_the_registrys_body_selector_reaches_the_converter(archive: Archive) -> None:
    """Two containers of known names: the registry says which one is the document."""
    html = (
        '<html><head><meta charset="utf-8"><meta name="ArticleTitle" content="关于示例台账工作的通知"></head><body>'
        f'<div class="TRS_Editor"><p>{"本站导读：企业可以查询台账。" * 12}</p></div>'
        '<div class="own"><p>一、回收企业应当建立台账。</p><p>二、任何单位不得涂改台账。</p></div></body></html>'
    ).encode()
    store = open_store(archive.folder)
    from rules_db.captures import Sighting, record_sighting, register_source, start_run
    from rules_db.model import Outcome

    register_source(
        store,
        source_id="gxt",
        name="示例厅",
        platform="trs",
        jurisdiction="990000",
        grade="A",
        status="ok",
        tier="official",
        config={"body": "div.own"},
    )
    sha = SnapshotStore(archive.folder.snapshots, store).add(html, media_type="text/html", seen_at="2026-05-11")
    run = start_run(store, "gxt", "2026-05-11T01:00:00Z")
    seen = Sighting(f"{SITE}/own.html", "detail", Outcome.FETCHED, snapshot_sha256=sha, content_type="text/html")
    record_sighting(store, run, "gxt", seen, "2026-05-11T01:00:00Z")
    store.close()
    archive.see()
    assert archive.rules("关于示例台账工作的通知") == ["回收企业应当建立台账。", "任何单位不得涂改台账。"]
