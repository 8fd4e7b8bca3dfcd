"""Reading the register: YAML files, one family of instruments each, checked against their schema and each other.

In: a folder. Out: entries by id. A file that fails its schema, an id, title or article used twice, articles out of
order or a relation to an unknown entry raises `RegisterError` naming file and entry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema

from rules_db.connection import StoreError
from rules_db.instruments import title_key
from rules_db.reviewed_yaml import read_entries

BUNDLED = Path(__file__).parent
Entry = Mapping[str, Any]
_DIGITS = "零一二三四五六七八九"


class RegisterError(StoreError):
    """The register can't be used; the message names file, entry and fault."""


def read_register(folder: Path = BUNDLED) -> dict[str, Entry]:
    """All entries of a folder's *.yml files by id, in order of the files. Raises RegisterError."""
    schema = json.loads((BUNDLED / "register.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    entries: dict[str, Entry] = {}
    titles: dict[tuple[str, str], str] = {}
    paths = sorted(folder.glob("*.yml"))
    if not paths:
        raise RegisterError(f"{folder}: holds no register file (*.yml)")
    for path in paths:
        for entry in read_entries(path, validator, RegisterError):
            name = (entry["jurisdiction"], title_key(entry["title"]))
            if entry["id"] in entries:
                raise RegisterError(f"{path}: id {entry['id']} is used twice")
            if name in titles:
                raise RegisterError(
                    f"{path}: {entry['id']} has the title of {titles[name]}; two instruments differ in it"
                )
            _check_articles(path, entry)
            _check_claim(path, entry)
            entries[entry["id"]] = entry
            titles[name] = entry["id"]
    for entry in entries.values():
        for relation in entry.get("relations", ()):
            if relation["target"] not in entries or relation["target"] == entry["id"]:
                raise RegisterError(
                    f"{entry['id']}: {relation['kind']} names {relation['target']}, which is no other entry"
                )
    return entries


def article_number(label: str) -> int:
    """第二十四条 → 24. Raises KeyError or ValueError for anything that is no article label below 第一千条."""
    total, digit = 0, 0
    for character in label.removeprefix("第").removesuffix("条"):
        if character in "十百":
            total += (digit or 1) * {"十": 10, "百": 100}[character]
            digit = 0
        else:
            digit = _DIGITS.index(character)
    return total + digit


def _check_articles(path: Path, entry: Entry) -> None:
    labels = [rule["article"] for rule in entry.get("rules", ()) if "article" in rule]
    numbers = [article_number(label) for label in labels]
    if numbers != sorted(set(numbers)):
        raise RegisterError(f"{path}: {entry['id']}: articles must ascend and stand once each: {'、'.join(labels)}")


def _check_claim(path: Path, entry: Entry) -> None:
    claim = entry["instrument_type"] == "claim"
    if claim and ("rules" in entry or "statements" not in entry):
        raise RegisterError(f"{path}: {entry['id']}: a claim is told in statements, never in rules")
    if not claim and "statements" in entry:
        raise RegisterError(f"{path}: {entry['id']}: only a claim has statements; give rules, or a note")
