"""Characters per second of extraction on one core and two, beside plain `re` and the peer jionlp, in one run.

Other work on the machine slows all of them, so each is measured in turn for some rounds, the best round counts, and
it is counted by processor time as well as by the clock: characters per processor second are what one free core reads.

jionlp reads times and amounts only; it is measured when installed (it is no dependency of this project).
"""

from __future__ import annotations

import logging
import re
import resource
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

from benchmarks.corpus import articles

ROUNDS = 3
_PIECE = 16_384
_BASELINE = re.compile(
    r"应当|必须|不得|禁止|可以|鼓励|责令|没收|罚款"
    r"|(?:不得)?(?:超过|少于|低于)?[\d零一二三四五六七八九十百千万]+(?:个)?(?:工作日|日|天|年|月|小时|元|万元|倍|%)(?:以上|以下|以内|内)?"
)

Work = Callable[[Sequence[str]], float]
"""Reads the texts and returns the processor seconds that it took, in all processes."""


def _timed(read: Callable[[str], object], texts: Sequence[str]) -> float:
    begin = time.process_time()
    for text in texts:
        read(text)
    return time.process_time() - begin


def _pipeline(texts: Sequence[str]) -> float:
    from nlp.language import read_units

    begin = time.process_time()
    for _ in read_units(texts):
        pass
    return time.process_time() - begin


def _two_processes(texts: Sequence[str]) -> float:
    """The same by two processes that get texts and give back records as JSON, as in `guiji extract --jobs 2`."""
    from nlp.language import load
    from nlp.workers import in_order

    begin = time.process_time()
    workers = sum(seconds for _, seconds in in_order(_records, _pieces(texts), 2, load))
    return workers + time.process_time() - begin


def _one_process(texts: Sequence[str]) -> float:
    return sum(_records(piece)[1] for piece in _pieces(texts))


def _records(piece: list[str]) -> tuple[str, float]:
    import json

    from nlp.extract import extract_records

    begin = time.process_time()
    records = json.dumps(extract_records([("", text) for text in piece]), ensure_ascii=False)
    return records, time.process_time() - begin


def _pieces(texts: Sequence[str]) -> list[list[str]]:
    pieces: list[list[str]] = [[]]
    size = 0
    for text in texts:
        pieces[-1].append(text)
        size += len(text)
        if size >= _PIECE:
            pieces.append([])
            size = 0
    return pieces


def _jionlp(text: str) -> int:
    import jionlp

    return len(jionlp.ner.extract_time(text)) + len(jionlp.ner.extract_money(text))


def main() -> None:
    begin, processor = time.perf_counter(), time.process_time()
    from nlp.language import load

    load()
    print(
        f"start-up (import and pipeline): {time.process_time() - processor:.2f} processor seconds, "
        f"{time.perf_counter() - begin:.2f} by the clock"
    )
    texts = articles()
    _pipeline(texts[:200])
    measured: dict[str, tuple[Work, Sequence[str]]] = {
        "full spaCy pipeline": (_pipeline, texts),
        "the same, to JSON records": (_one_process, texts),
        "the same, two processes": (_two_processes, texts),
        "plain re, cues and quantities only": (partial(_timed, _BASELINE.findall), texts),
    }
    try:
        import jionlp  # noqa: F401
    except ImportError:
        print("jionlp is not installed: not measured")
    else:
        logging.disable()  # it logs each phrase that it gives up
        measured["jionlp, times and amounts only"] = (partial(_timed, _jionlp), texts[:400])
    seconds: dict[str, tuple[float, float]] = {}
    for _ in range(ROUNDS):
        for name, (work, given) in measured.items():
            begin = time.perf_counter()
            spent = work(given)
            clock = time.perf_counter() - begin
            before = seconds.get(name, (spent, clock))
            seconds[name] = min(spent, before[0]), min(clock, before[1])
    rates = {name: sum(map(len, given)) / seconds[name][0] for name, (_, given) in measured.items()}
    for name, (_, given) in measured.items():
        size, (spent, clock) = sum(map(len, given)), seconds[name]
        print(
            f"{name:36}{rates[name] / 1e6:7.3f} M chars per processor second, "
            f"{size / clock / 1e6:7.3f} M by the clock ({size:,} characters)"
        )
    alone, both = seconds["the same, to JSON records"], seconds["the same, two processes"]
    print(
        f"two processes: {alone[1] / both[1]:.2f} times one by the clock; with the handing out they take "
        f"{both[0] / alone[0]:.2f} times its processor seconds, so {2 * alone[0] / both[0]:.2f} times on two free cores"
    )
    for other in measured:
        if other.startswith(("plain", "jionlp")):
            print(f"pipeline / {other}: {rates['full spaCy pipeline'] / rates[other]:.3f}")
    unit = 1024 if sys.platform != "darwin" else 1024**2
    for whose, who in (("one process", resource.RUSAGE_SELF), ("each of two more", resource.RUSAGE_CHILDREN)):
        print(f"peak memory, {whose}: {resource.getrusage(who).ru_maxrss / unit:.0f} MiB")


if __name__ == "__main__":
    main()
