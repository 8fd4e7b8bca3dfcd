"""`python -m benchmarks [NAME]…`: run all measurements, or those named, one after another."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

# They measure nothing by themselves.
SKIPPED = ("__main__", "corpus", "decision_writer", "diff_corpus", "loopback", "noisy_site", "peers")


def main() -> None:
    folder = Path(__file__).parent
    names = [module.name for module in pkgutil.iter_modules([str(folder)]) if module.name not in SKIPPED]
    chosen = sys.argv[1:] or names
    unknown = sorted(set(chosen) - set(names))
    if unknown:
        sys.exit(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(names)}")
    for name in chosen:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
