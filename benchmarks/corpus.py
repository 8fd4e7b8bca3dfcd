"""The texts that the measurements run on: articles of the reference corpus beside the project, in file order.

As a program it prints them as JSON lines for `guiji extract`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"
_ARTICLE = re.compile(r"(?m)^第[零〇一二三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十]+)?[\s\u3000]+")


def articles(limit_characters: int = 2_000_000) -> list[str]:
    """Article texts without their markers, up to a number of characters. Ends the program when there is no corpus."""
    files = sorted((CORPUS / "texts").glob("*.md"))
    if not files:
        sys.exit(f"no corpus at {CORPUS}: these figures need the reference texts beside the project")
    found: list[str] = []
    size = 0
    for path in files:
        for text in _ARTICLE.split(path.read_text(encoding="utf-8"))[1:]:
            found.append("\n".join(line.strip() for line in text.splitlines() if line.strip()))
            size += len(found[-1])
        if size >= limit_characters:
            break
    return found


if __name__ == "__main__":
    for number, article in enumerate(articles()):
        print(json.dumps({"id": f"{number:06}", "text": article}, ensure_ascii=False))
