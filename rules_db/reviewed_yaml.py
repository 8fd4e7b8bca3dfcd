"""YAML that people review in git, read strictly: no key twice, and nothing that its schema does not allow."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from rules_db.connection import StoreError


class StrictLoader(yaml.SafeLoader):
    """SafeLoader that refuses a mapping with the same key twice, which YAML would let the last one win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _value in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def read_entries(
    path: Path, validator: jsonschema.Draft202012Validator, refuse: type[StoreError], *, secret: bool = False
) -> list[Mapping[str, Any]]:
    """The entries of one reviewed YAML file. Raises `refuse` naming file, entry and fault; of a `secret` file the fault
    repeats no value."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=StrictLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        told = "look for tabs, missing quotes and brackets" if secret else " ".join(str(error).split())
        raise refuse(f"{path}: not readable YAML: {told}") from (None if secret else error)
    for fault in sorted(validator.iter_errors(raw), key=lambda e: list(map(str, e.absolute_path))):
        place = list(fault.absolute_path)
        told = f"does not fit {fault.validator} {fault.validator_value}" if secret else fault.message
        entry = raw[place[0]].get("id", place[0]) if place and isinstance(raw[place[0]], dict) else "the file"
        raise refuse(f"{path}: {entry}: {'.'.join(map(str, place[1:])) or 'entry'}: {told}")
    entries: list[Mapping[str, Any]] = raw
    return entries
