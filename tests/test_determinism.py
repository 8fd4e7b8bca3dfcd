"""The same bytes from the same texts: run twice, with another hash seed, with another number of processes."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from nlp.analyse_many import analyse_many
from nlp.extract import _CHUNK, extract_lines
from nlp.workers import in_order
from rules_db.connection import DataFolder
from rules_db.model import Block, BlockKind, ConvertedDocument, HeadFacts

PROJECT = Path(__file__).resolve().parent.parent
ARTICLES = (
    "拆解企业应当自收到电池包之日起{n}个工作日内录入编码；逾期的，由主管部门责令改正，处{n}千元以上三万元以下罚款。",
    "第{n}号库房的温度不得高于{n}℃，相对湿度不高于45%，视频记录保存不少于{n}0天。确需延长的，可以再延长五日。",
    "鼓励回收网点采用扫码枪、电子秤等设备。运输单位（含受托方）不得混装，但经县级人民政府批准的除外。",
    "有下列情形之一的，不得出库：\n（一）未按照本办法第{n}条登记的；\n（二）漏液、冒烟的。",
    "本办法所称梯次利用，是指将退役电池用于其他领域。负责人和技术人员须持证，每{n}年复训一次。",
)

RUNS = (("0", "1"), ("0", "1"), ("4711", "1"), ("1", "2"))
"""Hash seed and number of processes of each run."""


def lines() -> list[str]:
    """More than enough for several pieces of work."""
    texts = [article.format(n="一二三四五六七八九"[n % 9]) for n in range(1, 160) for article in ARTICLES]
    return [json.dumps({"id": f"{n:04}", "text": text}, ensure_ascii=False) + "\n" for n, text in enumerate(texts)]


_PROGRAM = """
import rules_db.commands.options as options
options.now = lambda: "2026-01-02T03:04:05Z"  # record time is part of what is recorded
from cli import main
main()
"""


def guiji(arguments: Sequence[str], seed: str, stdin: str = "") -> bytes:
    """Standard output of the command line in a process of its own, which must end well."""
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        input=stdin.encode(),
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
        timeout=240,
    ).stdout


def test_extract_prints_the_same_bytes_whatever_seed_and_jobs() -> None:
    text = "".join(lines())
    assert len(text) > 2 * 2 * _CHUNK, "too short for two processes"
    outputs = [
        guiji(["extract", "--jobs", jobs], seed, text)
        for seed, jobs in (("0", "1"), ("0", "1"), ("4711", "1"), ("1", "2"))
    ]
    assert len(outputs[0].splitlines()) == len(lines())
    assert outputs == [outputs[0]] * len(outputs)


def test_lines_that_are_none_keep_their_places_whatever_the_jobs() -> None:
    given = lines()
    given[7:7] = ["\n", "{broken\n", "[]\n"]
    alone, shared_out = list(extract_lines(given, 1)), list(extract_lines(given, 2))
    assert alone == shared_out
    assert [bool(record) for record, _ in alone[5:11]] == [True, True, False, False, False, True]
    assert [bool(error) for _, error in alone[5:11]] == [False, False, False, True, True, False]


RULE = """# 示例市第{n}号电池回收管理规定

第一条 为了规范电池回收，制定本规定。

第二条 {first}

第三条 {second}

第四条 违反本规定第二条规定的，由主管部门责令改正，处一万元以上{n}万元以下罚款。

第五条 本规定自2024年{n}月1日起施行。
"""


def rule(n: int) -> str:
    first, second = (ARTICLES[(n + shift) % len(ARTICLES)].format(n="三") for shift in (0, 1))
    return RULE.format(n=n, first=first, second=second)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine rules as files."""
    folder = tmp_path_factory.mktemp("rules")
    for n in range(2, 11):
        (folder / f"{n}.md").write_text(rule(n), encoding="utf-8")
    return folder


def published(data: Path) -> list[str]:
    """The published database as SQL."""
    return list(sqlite3.connect(DataFolder(data).public_db).iterdump())


def test_ingest_publishes_the_same_rules_whatever_seed_and_jobs(folder: Path, tmp_path: Path) -> None:
    stores = []
    for seed, jobs in RUNS:
        data = tmp_path / f"{len(stores)}"
        guiji(["ingest", str(folder), "--data", str(data), "--jobs", jobs], seed)
        stores.append(published(data))
    assert sum("INSERT INTO" in line and "责令改正" in line for line in stores[0]) > 9
    for other in stores[1:]:
        assert other == stores[0]


def test_analyses_are_equal_whatever_the_jobs() -> None:
    documents = [
        ConvertedDocument(
            tuple(Block(BlockKind.PARAGRAPH, line) for line in rule(n).splitlines() if line), HeadFacts(), "text/plain"
        )
        for n in range(2, 12)
    ]
    alone = list(analyse_many(documents, 1))
    assert list(analyse_many(documents, 2)) == alone
    assert all(getattr(analysis, "norms", None) for analysis in alone)


def test_work_comes_back_in_the_order_of_the_items_and_loads_once() -> None:
    loaded: list[int] = []
    assert list(in_order(abs, range(-50, 0), 3, lambda: loaded.append(1))) == list(range(50, 0, -1))
    assert loaded == [1]


def test_little_work_stays_in_this_process() -> None:
    pids = list(in_order(_pid, range(3), 2, lambda: pytest.fail("nothing to share")))
    assert set(pids) == {os.getpid()}
    assert list(in_order(_pid, [], None, lambda: None)) == []


def test_what_a_worker_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_order(_invert, [1, 2, 3, 0, 5, 6], 2, lambda: None))


def _pid(_: int) -> int:
    return os.getpid()


def _invert(number: int) -> float:
    return 1 / number
