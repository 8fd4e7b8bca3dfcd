"""The comparison against annotated comparison tables of real laws, scored by the reference scorer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def compared(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, dict[str, float]]]:
    out = tmp_path_factory.mktemp("diff")
    command = [sys.executable, "-m", "benchmarks.diff_gold", "--out", str(out)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    scores = []
    for result in sorted(out.glob("*.json")):
        gold = shared / "gold" / "versions" / result.name
        scorer = [sys.executable, str(shared / "gold" / "score_versions.py"), str(gold), str(result), "--json"]
        scores.append(json.loads(subprocess.run(scorer, check=True, capture_output=True).stdout))
    assert scores, "no comparison table found"
    return scores


@pytest.mark.parametrize(("what", "floor"), [("links", 0.97), ("deleted", 0.85), ("added", 0.85)])
def test_links_and_leftovers(compared: list[dict[str, dict[str, float]]], what: str, floor: float) -> None:
    assert min(score[what]["f1"] for score in compared) >= floor


def test_thresholds_are_found_with_their_direction(compared: list[dict[str, dict[str, float]]]) -> None:
    gold = sum(score["thresholds"]["gold"] for score in compared)
    found = sum(score["thresholds"]["recall"] * score["thresholds"]["gold"] for score in compared)
    assert found / gold >= 0.9
    assert min(score["thresholds"]["direction"] for score in compared) >= 0.9
