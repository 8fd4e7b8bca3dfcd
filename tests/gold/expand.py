"""Turn stored annotations (offsets and labels only) into annotated passages, given the corpus they point into.

In: a JSONL file of this folder and the folder of the reference corpus (the one that holds `texts/`).
Out: one dict per passage in the format of the annotation guidelines: id, level, text, norms with cue and bearer as
text, thresholds with their text. As a command, the same as JSON lines on standard output.

The corpus is not part of the project, so the files here hold no sentence of it: a passage is a list of character
ranges in one corpus file, and a digest that tells whether that file is still the one that was annotated.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DIGEST_LENGTH = 16


class GoldError(ValueError):
    """A stored annotation does not fit the corpus it is expanded against."""


def digest(text: str) -> str:
    """First 16 hex digits of the SHA-256 of a passage's UTF-8 text."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def passage_text(stored: Mapping[str, Any], corpus_dir: Path) -> str:
    """Text of one stored passage: its ranges of the file, each stripped, joined by line breaks.

    Raises GoldError when the file is missing or its text is not the annotated one.
    """
    path = corpus_dir / stored["file"]
    try:
        # newline="": the ranges count characters of the file as it is, so line ends must not be translated
        with path.open(encoding="utf-8", newline="") as source:
            content = source.read()
    except FileNotFoundError as error:
        raise GoldError(f"{stored['id']}: no file {path}; give the corpus folder that holds texts/") from error
    text = "\n".join(content[start:end].strip() for start, end in stored["parts"])
    if digest(text) != stored["sha256"]:
        raise GoldError(f"{stored['id']}: {path} differs from the annotated version; use the corpus it was drawn from")
    return text


def span(stored_id: str, text: str, start: int, length: int) -> str:
    """Non-empty substring at an offset. Raises GoldError when it leaves the text or is blank."""
    if start < 0 or length <= 0 or start + length > len(text) or not text[start : start + length].strip():
        raise GoldError(f"{stored_id}: no text at {start}, length {length}, in a passage of {len(text)} characters")
    return text[start : start + length]


def expand_passage(stored: Mapping[str, Any], corpus_dir: Path) -> dict[str, Any]:
    """One stored passage as a record of the annotation format; raises GoldError when they do not fit."""
    text = passage_text(stored, corpus_dir)
    norms = []
    for norm in stored["norms"]:
        bearer = ""
        if norm["bearer_start"] is not None:
            bearer = span(stored["id"], text, norm["bearer_start"], norm["bearer_length"])
        cue = span(stored["id"], text, norm["start"], norm["length"])
        norms.append({"modality": norm["modality"], "cue": cue, "start": norm["start"], "bearer": bearer})
    thresholds = [
        {
            "text": span(stored["id"], text, threshold["start"], threshold["length"]),
            **{key: threshold[key] for key in ("start", "comparator", "value", "value_max", "unit")},
        }
        for threshold in stored["thresholds"]
    ]
    return {"id": stored["id"], "level": stored["level"], "text": text, "norms": norms, "thresholds": thresholds}


def load(path: Path) -> list[dict[str, Any]]:
    """Stored passages of a file, unexpanded."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def expand(path: Path, corpus_dir: Path) -> list[dict[str, Any]]:
    """All passages of a file in the annotation format, in file order; raises GoldError at the first misfit."""
    return [expand_passage(stored, corpus_dir) for stored in load(path)]


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write("usage: python tests/gold/expand.py tests/gold/FILE.jsonl CORPUS_DIR > out.jsonl\n")
        return 2
    try:
        for record in expand(Path(arguments[0]), Path(arguments[1])):
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    except (GoldError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
