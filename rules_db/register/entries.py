"""Reading the register: YAML files, one family of instruments each, checked against their schema and each other.

In: a folder. Out: entries by id. A file that fails its schema, an id, title or article used twice, articles out of
order or a relation to an unknown entry raises `RegisterError` naming file and entry.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from rules_db.connection import StoreError
from rules_db.instruments import title_key

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
        for entry in _entries(path, validator):
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


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader that refuses a mapping with the same key twice, which YAML would let the last one win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _value in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _entries(path: Path, validator: jsonschema.Draft202012Validator) -> list[Entry]:
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RegisterError(f"{path}: not readable YAML: {' '.join(str(error).split())}") from error
    for fault in sorted(validator.iter_errors(raw), key=lambda e: list(map(str, e.absolute_path))):
        place = list(fault.absolute_path)
        entry = raw[place[0]].get("id", place[0]) if place and isinstance(raw[place[0]], dict) else "the file"
        raise RegisterError(f"{path}: {entry}: {'.'.join(map(str, place[1:])) or 'entry'}: {fault.message}")
    entries: list[Entry] = raw
    return entries
