"""The profile of one site: what it does, where, with which devices, and which limits it set itself.

In: a YAML file. Out: a frozen `Profile`. Anything wrong raises `ProfileError` naming file, line, field and fault.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from rules_db.connection import StoreError
from rules_db.mapping.catalogue import Catalogue
from rules_db.reviewed_yaml import StrictLoader


class ProfileError(StoreError):
    """The profile can't be used; the message names file, line, field and fault."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A typed quantity as a site states it; units are those of the catalogue and of extracted thresholds."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A place where batteries, people or vehicles pass."""

    id: str
    place: str


@dataclass(frozen=True, slots=True)
class Device:
    """An installed device: its type (catalogue id), serial number, checkpoint or other place, stated parameters."""

    hardware: str
    serial: str
    location: str
    parameters: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnLimit:
    """A limit that the enterprise set itself: never law, and shown as such."""

    measure: Measure
    set_by: str = ""
    set_on: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """A site as far as the catalogue asks: GB/T 2260 code; activities and facts as catalogue.schema.json names them."""

    site: str
    jurisdiction: str
    activities: frozenset[str]
    facts: frozenset[str]
    products: tuple[str, ...] = ()
    capacity: tuple[Measure, ...] = ()
    exports: tuple[tuple[str, str], ...] = ()
    data_handled: frozenset[str] = frozenset()
    checkpoints: tuple[Checkpoint, ...] = ()
    devices: tuple[Device, ...] = ()
    enterprise_set: tuple[OwnLimit, ...] = ()
    operating_since: str | None = None

    def own_limit(self, name: str) -> OwnLimit | None:
        """The limit that the enterprise set under a name of the catalogue's tests."""
        return next((own for own in self.enterprise_set if own.measure.name == name), None)


def read_profile(path: Path) -> Profile:
    """Read a profile from YAML. Raises ProfileError."""
    try:
        text = path.read_text(encoding="utf-8")
        raw = yaml.load(text, Loader=StrictLoader)  # noqa: S506 - a SafeLoader
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except (OSError, yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ProfileError(f"{path}: not readable: {' '.join(str(error).split())}") from error
    schema = json.loads((Path(__file__).parent / "catalogue.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator({"$ref": "#/$defs/profile", "$defs": schema["$defs"]})
    fault = jsonschema.exceptions.best_match(validator.iter_errors(raw))
    if fault is not None:
        place = list(fault.absolute_path)
        raise ProfileError(
            f"{path}:{_line(tree, place)}: {'.'.join(map(str, place)) or 'profile'}: {fault.message[:400]}"
        )
    profile = _profile(raw)
    for place, problem in _contradictions(raw, profile):
        raise ProfileError(f"{path}:{_line(tree, place)}: {'.'.join(map(str, place))}: {problem}")
    return profile


def check_profile(profile: Profile, catalogue: Catalogue, path: Path) -> None:
    """Every id and limit that the profile names is one of the catalogue. Raises ProfileError with file and line."""
    tree = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    for n, device in enumerate(profile.devices):
        if device.hardware not in catalogue.hardware:
            raise ProfileError(
                f"{path}:{_line(tree, ['devices', n, 'hardware'])}: devices.{n}: no device type {device.hardware}; "
                f"the catalogue holds {', '.join(catalogue.hardware)}"
            )
        known = {name: p for p in catalogue.hardware[device.hardware]["parameters"] for name in _names(p)}
        for k, measure in enumerate(device.parameters):
            parameter = known.get(measure.name)
            if parameter is not None and not convertible(measure.unit, parameter["unit"]):
                raise ProfileError(
                    f"{path}:{_line(tree, ['devices', n, 'parameters', k])}: devices.{n}.parameters.{k}: "
                    f"{measure.name} is in {measure.unit}, the catalogue measures it in {parameter['unit']}"
                )
    wanted = {test["own_limit"] for test in catalogue.tests.values() if "own_limit" in test}
    for n, own in enumerate(profile.enterprise_set):
        if own.measure.name not in wanted:
            raise ProfileError(
                f"{path}:{_line(tree, ['enterprise_set', n])}: enterprise_set.{n}: no test asks for "
                f"{own.measure.name}; known are {', '.join(sorted(wanted))}"
            )


# Seconds in the units of time whose length is fixed; months, years and working days have none and stay apart.
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_MONTHS = {"month": 1, "year": 12}


def convertible(unit: str, other: str) -> bool:
    """Whether amounts in the two units can be compared exactly."""
    return unit == other or any(unit in table and other in table for table in (_SECONDS, _MONTHS))


def converted(value: float, unit: str, other: str) -> float:
    """`value` in `other`. Raises ValueError for units that have no fixed ratio."""
    if unit == other:
        return value
    for table in (_SECONDS, _MONTHS):
        if unit in table and other in table:
            return value * table[unit] / table[other]
    raise ValueError(f"{unit} can't be compared with {other}")


def _names(parameter: Mapping[str, Any]) -> Iterable[str]:
    return (parameter["name"], parameter["name_zh"]) if "name_zh" in parameter else (parameter["name"],)


def _measures(raw: Sequence[Mapping[str, Any]]) -> tuple[Measure, ...]:
    return tuple(Measure(m["name"], float(m["value"]), m["unit"]) for m in raw)


def _profile(raw: Mapping[str, Any]) -> Profile:
    own = raw.get("enterprise_set", ())
    return Profile(
        raw["site"],
        raw["jurisdiction"],
        frozenset(raw["activities"]),
        frozenset(raw.get("facts", ())),
        products=tuple(raw.get("products", ())),
        capacity=_measures(raw.get("capacity", ())),
        exports=tuple((e["product"], e["destination"]) for e in raw.get("exports", ())),
        data_handled=frozenset(raw.get("data_handled", ())),
        checkpoints=tuple(Checkpoint(c["id"], c["place"]) for c in raw.get("checkpoints", ())),
        devices=tuple(
            Device(d["hardware"], d["serial"], d["location"], _measures(d.get("parameters", ())))
            for d in raw.get("devices", ())
        ),
        enterprise_set=tuple(
            OwnLimit(measure, o.get("set_by", ""), o.get("set_on", ""))
            for measure, o in zip(_measures(own), own, strict=True)
        ),
        operating_since=raw.get("operating_since"),
    )


def _contradictions(raw: Mapping[str, Any], profile: Profile) -> Iterable[tuple[list[str | int], str]]:
    """Places and faults that the schema can't see."""
    if profile.exports and "export" not in profile.activities:
        yield ["exports"], "destinations are given, but 'export' is not among the activities"
    if "face" in profile.data_handled and "biometric_devices" not in profile.facts:
        yield ["data_handled"], "face data is handled, but 'biometric_devices' is not among the facts"
    for field, key in (("checkpoints", "id"), ("devices", "serial"), ("enterprise_set", "name")):
        counts = Counter(entry[key] for entry in raw.get(field, ()))
        for n, entry in enumerate(raw.get(field, ())):
            if counts[entry[key]] > 1:
                yield [field, n], f"{key} {entry[key]} stands {counts[entry[key]]} times"
    places = {checkpoint.id for checkpoint in profile.checkpoints}
    for n, device in enumerate(profile.devices):
        if places and device.location not in places:
            yield ["devices", n, "location"], f"{device.location} is no checkpoint of this profile"
        names = Counter(measure.name for measure in device.parameters)
        for k, measure in enumerate(device.parameters):
            if names[measure.name] > 1:
                yield ["devices", n, "parameters", k], f"{measure.name} stands twice, which contradicts itself"


def _line(tree: yaml.Node | None, place: Sequence[str | int]) -> int:
    """The line (from 1) of the deepest node on the way to a place in the document."""
    if tree is None:
        return 1
    node, line = tree, tree.start_mark.line + 1
    for step in place:
        following: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            following = next((value for key, value in node.value if key.value == str(step)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            following = node.value[step]
        if following is None:
            break
        node, line = following, following.start_mark.line + 1
    return int(line)
