"""A province laid over the nation: each stance from a pair of own sentences, and nothing of either text left out."""

from __future__ import annotations

import pytest

from rules_db.diff.compare import diff_expressions
from rules_db.diff.overlay import OverlayRow, Stance, overlay
from rules_db.diff.result import NormText
from rules_db.model import Comparator, Modality, ProvisionText, Quantity

SHARED = "综合利用企业应当建立台账，如实记录废旧动力电池的来源、数量、去向和处置情况，并接受监督检查。"
NATION = "综合利用企业应当自接收废旧动力电池之日起30日内，将入库信息上传国家溯源管理平台，不得漏报。"
PROVINCE = NATION.replace("30日", "10日")


def days(text: str) -> list[Quantity]:
    number = text[text.index("起") + 1 : text.index("日内")]
    return [Quantity(f"{number}日内", Comparator.LE, float(number), None, "day", start=text.index(number))]


def laid(national: list[str], provincial: list[str]) -> list[OverlayRow]:
    sides = []
    for texts in (national, provincial):
        provisions = [ProvisionText(f"art_{n}", f"第{n}条", text) for n, text in enumerate(texts, 1)]
        limits = {f"art_{n}": days(text) for n, text in enumerate(texts, 1) if "日内" in text}
        norms = {}
        for n, text in enumerate(texts, 1):
            cue, force = ("应当", Modality.OBLIGATION) if "应当" in text else ("不得", Modality.PROHIBITION)
            norms[f"art_{n}"] = [NormText(force, cue, "综合利用企业", text.split(cue)[1], text.index(cue))]
        sides.append((provisions, limits, norms))
    (old, old_limits, old_norms), (new, new_limits, new_norms) = sides
    return overlay(diff_expressions(old, new, old_limits, new_limits, old_norms, new_norms))


@pytest.mark.parametrize(
    ("national", "provincial", "stance", "check"),
    [
        (SHARED, SHARED, Stance.REPEATS, False),
        (NATION, PROVINCE, Stance.TIGHTENS, False),
        (PROVINCE, NATION, Stance.LOOSENS, True),
        (SHARED, SHARED.replace("去向和处置情况", "去向、处置情况和责任人员"), Stance.VARIES, False),
    ],
)
def test_stance_of_a_pair(national: str, provincial: str, stance: Stance, check: bool) -> None:
    (row,) = laid([national], [provincial])
    assert (row.stance, row.check) == (stance, check)


def test_additions_and_silence_are_told_apart() -> None:
    rows = laid([NATION, SHARED], [NATION, "检查点应当配备固定式编码识读设备，识读距离不小于三米，并接入省级平台。"])
    assert {(row.stance, row.national, row.provincial) for row in rows} == {
        (Stance.REPEATS, ("第1条",), ("第1条",)),
        (Stance.ADDS, (), ("第2条",)),
        (Stance.SILENT, ("第2条",), ()),
    }
    assert rows[-1].stance is Stance.SILENT
