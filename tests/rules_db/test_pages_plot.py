"""Threshold plots: what can be followed through versions, and that the drawing is sound and safe."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from datetime import date

import pytest

from rules_db.pages.plot import HEIGHT, Span, Step, series, span_plot, step_plot


def row(
    n: int, value: float, unit: str = "day", start: str | None = "2024-01-01", end: str | None = None
) -> dict[str, object]:
    return {"n": n, "value": value, "unit": unit, "text": f"{value:g}日", "valid_from": start, "valid_to": end}


def test_follows_one_quantity_of_a_unit_through_versions() -> None:
    found = series([row(1, 30, end="2026-01-01"), row(2, 15, start="2026-01-01")])
    assert [[step.value for step in steps] for steps in found] == [[30, 15]]
    assert found[0][0].end == date(2026, 1, 1)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [row(1, 30)],
        [row(1, 30), row(2, 30)],
        [row(1, 30), row(1, 15)],
        [row(1, 30), row(2, 15, unit="working_day")],
    ],
)
def test_follows_nothing_that_is_not_comparable(rows: list[dict[str, object]]) -> None:
    assert series(rows) == []


@pytest.mark.parametrize("start", [None, date(2024, 1, 1)])
def test_a_plot_stays_inside_its_frame_and_rises_with_the_value(start: date | None) -> None:
    steps = [Step(start, date(2025, 1, 1), 10, "低"), Step(date(2025, 1, 1), None, 90, "高")]
    root = ElementTree.fromstring(step_plot(steps, "低 → 高"))  # noqa: S314 (made here)
    drawn = [line for line in root if line.get("class") == "step"]
    assert len(drawn) == 2
    assert float(drawn[0].get("y1", 0)) > float(drawn[1].get("y1", 0))
    assert drawn[0].get("x2") == drawn[1].get("x1")
    for line in drawn:
        assert 0 <= percent(line, "x1") < percent(line, "x2") <= 100
        assert 0 <= float(line.get("y1", -1)) <= HEIGHT


def percent(element: ElementTree.Element, name: str) -> float:
    value = element.get(name, "")
    assert value.endswith("%")
    return float(value[:-1])


def test_bars_of_texts_meet_and_stay_inside() -> None:
    spans = [
        Span("2020-01-01", "2024-01-01", "一", False),
        Span("2024-01-01", None, "二", True),
    ]
    root = ElementTree.fromstring(span_plot(spans, "2025-01-01"))  # noqa: S314 (made here)
    old, new = (element for element in root if element.tag == "rect")
    assert percent(old, "x") + percent(old, "width") == pytest.approx(percent(new, "x"), abs=0.02)
    assert percent(new, "x") + percent(new, "width") <= 100
    assert "bar-here" in new.get("class", "") and "bar-here" not in old.get("class", "")


def test_labels_are_escaped_and_nothing_is_styled_inline() -> None:
    svg = step_plot([Step(None, None, 1, '<script>"x"')], '"><script>')
    assert "<script" not in svg
    assert "style=" not in svg
    ElementTree.fromstring(svg)  # noqa: S314 (made here)


def test_no_steps_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        step_plot([], "")
