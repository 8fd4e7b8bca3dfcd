"""Characters per second of extraction on one core and two, beside plain `re` and the peer jionlp, in one run.

jionlp reads times and amounts only; it is measured when installed (it is no dependency of this project).
"""

from __future__ import annotations

import multiprocessing
import re
import resource
import time
from collections.abc import Callable, Sequence

from benchmarks.corpus import articles

_BASELINE = re.compile(
    r"应当|必须|不得|禁止|可以|鼓励|责令|没收|罚款"
    r"|(?:不得)?(?:超过|少于|低于)?[\d零一二三四五六七八九十百千万]+(?:个)?(?:工作日|日|天|年|月|小时|元|万元|倍|%)(?:以上|以下|以内|内)?"
)


def measure(name: str, work: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """Time one pass over the texts; prints and returns characters per second."""
    size = sum(map(len, texts))
    begin = time.perf_counter()
    work(texts)
    rate = size / (time.perf_counter() - begin)
    print(f"{name:44}{rate / 1e6:8.3f} M chars/s  ({size:,} characters)")
    return rate


def _spacy(texts: Sequence[str]) -> int:
    from nlp.language import read_units

    return sum(len(reading.norms) for reading in read_units(texts))


def _jionlp(texts: Sequence[str]) -> int:
    import jionlp

    return sum(len(jionlp.ner.extract_time(t)) + len(jionlp.ner.extract_money(t)) for t in texts)


def main() -> None:
    begin = time.perf_counter()
    from nlp.language import load

    load()
    print(f"start-up (import and pipeline): {time.perf_counter() - begin:.1f} s")
    texts = articles()
    _spacy(texts[:50])
    pipeline = measure("full spaCy pipeline, one process", _spacy, texts)
    half = len(texts) // 2
    with multiprocessing.get_context("fork").Pool(2) as pool:
        both = measure("full spaCy pipeline, two processes", lambda t: pool.map(_spacy, (t[:half], t[half:])), texts)
    print(f"two processes: {both / pipeline:.2f} times one")
    baseline = measure("plain re, cues and quantities only", lambda t: [_BASELINE.findall(x) for x in t], texts)
    print(f"pipeline / plain re: {pipeline / baseline:.3f}")
    try:
        import jionlp  # noqa: F401
    except ImportError:
        print("jionlp is not installed: not measured")
    else:
        peer = measure("jionlp, times and amounts only", _jionlp, texts[:400])
        print(f"pipeline / jionlp: {pipeline / peer:.1f}")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
