"""What a provincial text does to the national one it implements, in the sentences of its flag."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from rules_db.connection import DataFolder, open_store
from rules_db.flags import list_flags
from rules_db.pages.sentences import told

NATIONAL = "示例废旧动力电池移交管理办法"
OLD = """# {title}

第一条　回收服务网点应当自收到废旧动力电池之日起15日内移交综合利用企业。

第二条　回收服务网点不得拆解废旧动力电池。

第三条　本办法自2026年1月1日起施行。
"""
NEW = """# {title}

第一条　根据《{national}》，制定本细则。

第二条　回收服务网点应当自收到废旧动力电池之日起{days}日内移交综合利用企业。

第三条　回收服务网点应当在门口悬挂统一标识，标识样式由省主管部门另行公布。

第四条　本细则自2026年8月1日起施行。
"""


def reasons(root: Path, days: int) -> dict[str, str]:
    title = f"东江省《{NATIONAL}》实施细则"
    (root / "old.md").write_text(OLD.format(title=NATIONAL), encoding="utf-8")
    (root / "new.md").write_text(NEW.format(title=title, national=NATIONAL, days=days), encoding="utf-8")
    (root / "manifest.csv").write_text(
        "path,title,version_date,effective_on,document_number,instrument_type,jurisdiction\n"
        f"old.md,{NATIONAL},2025-12-01,2026-01-01,,normative_document,100000\n"
        f"new.md,{title},2026-06-01,2026-08-01,,normative_document,440000\n",
        encoding="utf-8",
    )
    arguments = ["ingest", str(root / "old.md"), str(root / "new.md"), "--manifest", str(root / "manifest.csv")]
    result = CliRunner().invoke(main, [*arguments, "--no-publish", "--data", str(root / "data")])
    assert result.exit_code == 0, result.output
    flag = next(f for f in list_flags(open_store(DataFolder(root / "data"))) if f["title"] == title)
    return {reason["code"]: reason["sentence"] for reason in flag["reasons"]}


def test_a_longer_time_may_conflict_and_a_new_duty_supplements(tmp_path: Path) -> None:
    found = reasons(tmp_path, 30)
    assert found["implements"].startswith("Implements ")
    assert found["conflicts"].startswith(f"May conflict with 《{NATIONAL}》 in 1 places, e.g. 第二条: 15日内 → 30日内")
    assert found["supplements"] == f"Adds 1 provisions with norms to 《{NATIONAL}》, e.g. 第三条"
    assert found["modality"] == "States 2 obligations, 0 prohibitions, 0 permissions, 0 other"
    assert found["effective"] == "Applies from 2026-08-01"


@pytest.mark.parametrize("days", [15, 10])
def test_the_same_or_a_shorter_time_is_no_conflict(tmp_path: Path, days: int) -> None:
    assert "conflicts" not in reasons(tmp_path, days)


def test_every_new_sentence_has_its_chinese() -> None:
    for sentence in (
        "May conflict with 《甲》 in 2 places, e.g. 第二条: 15日内 → 30日内 (loosened)",
        "Adds 3 provisions with norms to 《甲》, e.g. 第三条",
        "States 2 obligations, 0 prohibitions, 0 permissions, 0 other",
        "Applies from 2026-08-01",
    ):
        assert told(sentence, "zh").language == "zh", sentence
