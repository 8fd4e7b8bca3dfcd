"""The lines of a checklist: each wording once, what binds others apart, and what moved since an earlier list."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from rules_db.connection import StoreError
from rules_db.export.checklist import checklist_html, checklist_markdown
from rules_db.export.checklist_words import COLUMNS, news, summary, table_lines
from rules_db.mapping.lines import arrange, limit_text
from rules_db.mapping.parties import read_parties
from rules_db.mapping.since import compare, digest, keep_run, last_run

PARTIES = read_parties()
SITE, PLACE = "示例站", "440000"


def rule(link: str, target: str, label: str = "第一条", **more: Any) -> dict[str, Any]:
    made = {
        "link": link, "target": target, "relationship": "intersects", "rule": f"r{label}", "version": f"v{link}",
        "instrument": "示例办法", "label": label, "statement": f"{label}的要求。", "modality": "obligation",
        "bearer": "", "deadline": "", "thresholds": None, "changes": None, "tier": "repost", "valid_from": "2026-01-01",
        "valid_to": None, "status": "accepted", "binds_site": True, "notes": [], "suspended": False,
        "source": {"url": "https://example.com/a_b", "sha256": "0" * 64},
    }  # fmt: skip
    return made | more


def check(control: str, *rules: dict[str, Any]) -> dict[str, Any]:
    item = {"id": "E01", "title": "Ledger", "title_zh": "台账", "retention_legal": "", "retention_legal_zh": "",
            "retention_suggested": "5 years", "retention_suggested_zh": "5年", "tier": "practice"}  # fmt: skip
    return {
        "control": control, "title": "Title", "title_zh": "标题", "objective": "Objective.", "objective_zh": "目的。",
        "tier": "press", "owner_role": "quality", "owner_role_zh": "质量", "because": "every site", "claims": [],
        "consequences": [], "evidence": [item], "hardware": [], "source": "own practice", "rules": list(rules),
    }  # fmt: skip


def arranged(*checks: dict[str, Any], trade: str = "collection") -> dict[str, dict[str, Any]]:
    return {item["control"]: item for item in arrange(checks, PARTIES, [trade])}


def found(checks: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "site": SITE,
        "as_of": "2026-06-01",
        "checks": checks,
        "local": [],
        "compared_with": None,
        "ended": [],
    } | more


def test_links_to_one_wording_are_one_line_with_all_its_norms() -> None:
    same = {"statement": "应当备案；未备案的，不得开工。"}
    item = arranged(
        check(
            "C01",
            rule("L1", "C01", **same),
            rule("L2", "E01", **same),
            rule("L3", "C01", modality="prohibition", **same),
        )
    )["C01"]
    (line,) = item["lines"]
    assert line["modality"] == "obligation, prohibition"
    assert ([link["id"] for link in line["links"]], line["items"]) == (["L1", "L2", "L3"], ["E01"])
    suspect = arranged(check("C01", rule("L1", "C01", **same), rule("L2", "E01", status="suspect", **same)))["C01"]
    assert suspect["lines"][0]["status"] == "suspect"


def test_a_shared_device_tells_its_rule_once_and_refers_to_it() -> None:
    items = arranged(check("C01", rule("L1", "H02")), check("C02", rule("L1", "H02")), check("C03", rule("L1", "H02")))
    assert [len(item["lines"]) for item in items.values()] == [1, 0, 0]
    assert [[other["control"] for other in item["see"]] for item in items.values()] == [[], ["C01"], ["C01"]]
    direct = arranged(check("C01", rule("L1", "H02")), check("C02", rule("L1", "H02"), rule("L2", "C02")))
    assert (len(direct["C01"]["lines"]), direct["C01"]["see"][0]["control"]) == (0, "C02")
    assert len(direct["C02"]["lines"]) == 1


def test_own_rules_come_first_and_those_of_others_apart() -> None:
    item = arranged(
        check(
            "C01",
            rule("L1", "C01", "第一条", bearer="网络运营者"),
            rule("L2", "C01", "第二条", bearer="回收网点"),
            rule("L3", "C01", "第三条", bearer="汽车生产企业", binds_site=False),
        )
    )["C01"]
    assert [line["links"][0]["id"] for line in item["lines"]] == ["L2", "L1"]
    assert [line["links"][0]["id"] for line in item["others"]] == ["L3"]
    marked = checklist_markdown(found([item]))
    assert "- binds others (汽车生产企业): 《示例办法》第三条, `guiji explain r第三条`" in marked
    assert "<https://example.com/a_b>" in marked  # an address is never escaped


def test_a_penalty_without_bearer_binds_whom_its_first_clause_names() -> None:
    statement = "报废机动车回收企业未如实记录的，责令改正。"
    assert not PARTIES.binds("", {"collection"}, statement)
    assert PARTIES.binds("", {"dismantling"}, statement)
    assert PARTIES.binds("", {"collection"}, "未按规定备案的，责令改正。")


def limits(text: str, parameter: str = "", trigger: str = "入库") -> list[dict[str, Any]]:
    return [{"parameter": parameter, "trigger": trigger, "text": text}]


def before_and_after(
    old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    item = arranged(check("C01", *new))["C01"]
    ended = compare(digest([arranged(check("C01", *old))["C01"]]), [item])
    return item, ended


def test_new_changed_and_ended_lines_are_told() -> None:
    item, ended = before_and_after(
        [rule("L1", "C01", thresholds=limits("30日内")), rule("L2", "C01", "第二条")],
        [rule("L1", "C01", thresholds=limits("20日内"), statement="改。"), rule("L3", "C01", "第三条")],
    )
    told = {line["place"]: news(line) for line in item["lines"]}
    assert told == {
        "《示例办法》第一条": "changed: statement was 第一条的要求。; limit was 入库 30日内",
        "《示例办法》第三条": "new",
    }
    assert [line["place"] for line in ended] == ["《示例办法》第二条"]
    value = found([item], compared_with="the run of 2026-05-01", ended=ended)
    assert "Compared with the run of 2026-05-01: 1 new, 1 changed, 1 ended." in summary(value)
    for text in (checklist_markdown(value), checklist_html(value)):
        assert "第二条的要求" in text and "入库 30日内" in text and "No longer on the list" in text


def test_a_rule_read_anew_or_renumbered_is_no_news_of_an_end() -> None:
    item, ended = before_and_after([rule("L1", "C01")], [rule("L1", "C01", rule="another")])
    assert ended == [] and news(item["lines"][0]) == ""
    item, ended = before_and_after(
        [rule("L1", "C01", statement="同。")], [rule("L1", "C01", "第九条", statement="同。", rule="another")]
    )
    assert ended == []
    assert news(item["lines"][0]) == "changed: place was 《示例办法》第一条"


def test_a_link_that_turned_suspect_is_a_change() -> None:
    item, _ended = before_and_after([rule("L1", "C01")], [rule("L1", "C01", status="suspect")])
    assert news(item["lines"][0]) == "changed: status was accepted"


def test_runs_of_a_day_compare_with_the_day_before(tmp_path: Path) -> None:
    item = arranged(check("C01", rule("L1", "C01")))["C01"]
    assert last_run(tmp_path, SITE, PLACE, "2026-06-01") is None
    keep_run(tmp_path, SITE, PLACE, "2026-06-01", [item])
    assert last_run(tmp_path, SITE, PLACE, "2026-06-01") is None
    later = arranged(check("C01", rule("L1", "C01", statement="改。")))["C01"]
    for _twice in range(2):
        day, kept = last_run(tmp_path, SITE, PLACE, "2026-06-09") or ("", {})
        assert (day, [line["statement"] for line in kept.values()]) == ("2026-06-01", ["第一条的要求。"])
        keep_run(tmp_path, SITE, PLACE, "2026-06-09", [later])
    assert (last_run(tmp_path, SITE, PLACE, "2026-06-10") or ("",))[0] == "2026-06-09"
    assert last_run(tmp_path, SITE, "430000", "2026-06-10") is None
    assert len(list((tmp_path / "sites").iterdir())) == 1


@pytest.mark.parametrize("text", ["", "[]", '{"runs": {"2026-01-01": {"x": {"control": 1}}}}', "[" * 100_000])
def test_a_damaged_run_is_named_and_not_taken_for_news(tmp_path: Path, text: str) -> None:
    keep_run(tmp_path, SITE, PLACE, "2026-01-01", [])
    path = next((tmp_path / "sites").iterdir())
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match=path.name):
        last_run(tmp_path, SITE, PLACE, "2026-06-01")


def test_every_row_of_the_table_is_whole_and_has_a_command_or_a_ground() -> None:
    item = arranged(check("C01", rule("L1", "H02"), rule("L2", "C01", "第二条")), check("C02", rule("L1", "H02")))
    bare = arranged(check("C03"))
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in table_lines(found([*item.values(), *bare.values()]))]
    assert [(row["control"], row["mark"]) for row in rows] == [
        ("C01", ""), ("C01", "by H02"), ("C02", "see C01"), ("C03", "no rule in force linked 无关联规定"),
    ]  # fmt: skip
    assert all(row["trace"].startswith("guiji explain ") or row["source"] for row in rows)


def test_arranging_leaves_the_checks_as_they_were() -> None:
    checks = [check("C01", rule("L1", "C01", thresholds=limits("30日内")))]
    kept = copy.deepcopy(checks)
    arrange(checks, PARTIES, ["collection"])
    assert checks == kept
    assert limit_text(arranged(*checks)["C01"]["lines"][0]) == "入库 30日内"


def test_an_item_stands_within_its_article() -> None:
    article, item = "应当履行下列职责：（一）建档；（二）巡查。", "（二）巡查。"
    items = arranged(
        check("C01", rule("L1", "C01", statement=article), rule("L2", "C01", statement=item, modality="prohibition")),
        check("C02", rule("L3", "H02", statement=item)),
    )
    (line,) = items["C01"]["lines"]
    assert (line["statement"], line["modality"]) == (article, "obligation, prohibition")
    assert [link["id"] for link in line["links"]] == ["L1", "L2"]
    assert (items["C02"]["lines"], items["C02"]["see"][0]["control"]) == ([], "C01")
    elsewhere = arranged(
        check("C01", rule("L1", "C01", statement=article), rule("L2", "C01", "第二条", statement=item))
    )
    assert len(elsewhere["C01"]["lines"]) == 2


def test_what_is_suspended_or_comes_by_a_device_says_so() -> None:
    waits = rule("L1", "C01", suspended=True, notes=["suspended 暂停施行 by 《示例公告》"])
    made = found([*arranged(check("C01", waits, rule("L2", "H02", "第二条"))).values()])
    marks = {row[4]: row[COLUMNS.index("mark")] for row in table_lines(made)}
    assert marks == {"《示例办法》第一条": "suspended 暂停施行", "《示例办法》第二条": "by H02"}
    assert any("Lines that may not apply at present (suspended 暂停施行): 1." in told for told in summary(made))
    for text in (checklist_markdown(made), checklist_html(made)):
        assert "by 《示例公告》" in text
    assert "**suspended 暂停施行** 《示例办法》第一条" in checklist_markdown(made)


def test_a_check_says_that_nothing_binds_the_site_by_itself() -> None:
    assert "no rule that binds this site is linked to the check itself" in checklist_markdown(
        found([*arranged(check("C01", rule("L1", "H02"))).values()])
    )
    assert "no rule that binds" not in checklist_markdown(found([*arranged(check("C01", rule("L1", "C01"))).values()]))


def test_claims_and_consequences_stand_under_their_check_with_their_tier() -> None:
    claim = {"n": 4, "claim": "Readers.", "claim_zh": "读取器。", "verdict": "implausible", "ground": "No source.",
             "ground_zh": "无来源。"}  # fmt: skip
    follows = {"id": "K01", "title": "A fine", "title_zh": "罚款", "description": "Amount unseen.", "tier": "press",
               "description_zh": "数额未见。", "source": "a source", "controls": ["C01"]}  # fmt: skip
    (item,) = arranged(check("C01", rule("L1", "C01"))).values()
    made = found([item | {"claims": [claim], "consequences": [follows]}])
    for text in (checklist_markdown(made), checklist_html(made)):
        assert "K01 A fine 罚款 (press)" in text
        assert "Amount unseen. 数额未见。" in text
        assert "Verdict: implausible 不大可能. No source. 无来源。" in text


def test_a_list_kept_before_there_were_notes_is_still_read(tmp_path: Path) -> None:
    checks = [*arranged(check("C01", rule("L1", "C01"))).values()]
    keep_run(tmp_path, SITE, PLACE, "2026-06-01", checks)
    (path,) = (tmp_path / "sites").iterdir()
    path.write_text(path.read_text(encoding="utf-8").replace('"notes": ""', '"note": ""'), encoding="utf-8")
    kept = last_run(tmp_path, SITE, PLACE, "2026-06-02")
    assert kept is not None
    assert compare(kept[1], checks) == []
    assert [line["news"] for line in checks[0]["lines"]] == [""]
