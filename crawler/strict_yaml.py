"""YAML for files that people review: a value is what it looks like, or the file is refused.

In: YAML text. Out: plain dicts, lists, strings, numbers, booleans. Refused, with file and line: duplicate keys, aliases
and anchors (expansion bombs), tags, unquoted values that YAML 1.1 reads as something else than they look (codes with a
leading zero become octal, `no` becomes false, `12:30` becomes a number), and dates (quote them).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import yaml

_PLAIN_NUMBER: Final = re.compile(r"[-+]?(?:0|[1-9]\d*)(?:\.\d+)?\Z")
_PLAIN_BOOLEAN: Final = frozenset({"true", "false"})
_MAX_BYTES: Final = 256 * 1024


class StrictYamlError(ValueError):
    """A file that people would read otherwise than the machine; the message says where and what to write instead."""


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader that refuses what SafeLoader silently accepts."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise StrictYamlError(
                f"line {event.start_mark.line + 1}: anchors and aliases are not allowed; repeat the value"
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise StrictYamlError(f"line {key_node.start_mark.line + 1}: key {key!r} is not text; quote it")
            if key in seen:
                raise StrictYamlError(f"line {key_node.start_mark.line + 1}: key {key!r} appears twice; keep one")
            seen.add(key)
        return super().construct_mapping(node, deep)


def _scalar(loader: _StrictLoader, node: yaml.ScalarNode) -> Any:
    """Numbers and booleans in their one plain spelling; everything else that YAML would retype is refused."""
    value = str(node.value)
    if _PLAIN_NUMBER.match(value):
        return float(value) if "." in value else int(value)
    if value in _PLAIN_BOOLEAN:
        return value == "true"
    raise StrictYamlError(
        f'line {node.start_mark.line + 1}: {value!r} would be read as a number, date or boolean; write "{value}"'
    )


for _tag in ("bool", "float", "int", "timestamp"):
    _StrictLoader.add_constructor(f"tag:yaml.org,2002:{_tag}", _scalar)


def _refuse_tag(loader: _StrictLoader, suffix: str, node: yaml.Node) -> Any:
    raise StrictYamlError(f"line {node.start_mark.line + 1}: tag !{suffix} is not allowed; write a plain value")


_StrictLoader.add_multi_constructor("", _refuse_tag)


def load_yaml(path: Path) -> Any:
    """The value of one file. Raises StrictYamlError, naming file and line."""
    data = path.read_bytes()
    if len(data) > _MAX_BYTES:
        raise StrictYamlError(f"{path}: {len(data)} bytes; a file of settings has at most {_MAX_BYTES}")
    try:
        return yaml.load(data.decode("utf-8"), _StrictLoader)  # noqa: S506 - a stricter SafeLoader
    except UnicodeDecodeError as error:
        raise StrictYamlError(f"{path}: not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8") from error
    except StrictYamlError as error:
        raise StrictYamlError(f"{path}: {error}") from error
    except yaml.YAMLError as error:
        raise StrictYamlError(f"{path}: {error}") from error
