"""The small parts that all OSCAL documents share: ids, properties, one-line texts.

Ids are UUIDs of version 5 and tokens made of our own ids: the same content has the same ids on every machine.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://guiji.example/oscal")
PROPERTY_NS = "https://guiji.example/ns/oscal"
CATALOG, RULES, MAPPING, COMPONENTS, RESULTS = (
    "catalog.json", "rules-catalog.json", "mapping-collection.json", "component-definition.json",
    "assessment-results.json",
)  # fmt: skip
_KIND_PREFIX = {"control": "control", "evidence_item": "evidence", "hardware_item": "hardware"}
_SPACE = re.compile(r"\s+")
Json = dict[str, Any]


def uuid_of(*parts: str) -> str:
    """The id of what these parts name."""
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))


def token(kind: str, key: str) -> str:
    """An id as OSCAL's tokens want it: it begins with a letter."""
    return f"{_KIND_PREFIX.get(kind, kind)}-{key.lower()}"


def prop(name: str, value: str, *, own: bool = True) -> Json:
    """A property; `own` ones carry our namespace, the others are OSCAL's."""
    plain = {"name": name, "value": line(value)}
    return {**plain, "ns": PROPERTY_NS} if own else plain


def line(text: str) -> str:
    """One line without white space at its ends, as titles and property values must be."""
    return _SPACE.sub(" ", text).strip() or "none"
