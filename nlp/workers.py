"""Work shared out to forked processes, with the results in the order of the items.

In: a function and items. Out: its results, as they come. With one job, few items or no `fork` everything happens in
this process. The results do not depend on the number of jobs: nothing is shared but what was loaded before the fork.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 4
"""Items in hand for each job: enough to keep all busy beside a long one, few enough to hold in memory."""
_ORPHAN_CHECK_SECONDS = 1.0


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], jobs: int | None, prepare: Callable[[], object]
) -> Iterator[Result]:
    """`map(work, items)`, lazily, by `jobs` processes (None: as many as cores). `prepare` loads what the processes are
    to share; it runs before they are forked, not otherwise. Raises what `work` raises, and BrokenProcessPool when a
    process was killed."""
    jobs = jobs or os.cpu_count() or 1
    rest = iter(items)
    first = list(islice(rest, 2 * jobs))
    if jobs == 1 or len(first) < 2 * jobs or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(work, chain(first, rest))
        return
    prepare()
    waiting: deque[Future[Result]] = deque()
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), _die_with, (os.getpid(),)) as pool:
        try:
            for item in chain(first, rest):
                waiting.append(pool.submit(work, item))
                if len(waiting) >= _AHEAD * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _die_with(parent: int) -> None:
    """A worker ends when the process that started it is gone: it holds that process's lock too, and would wait for work
    for ever."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_ORPHAN_CHECK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
