"""Device registers: the devices of the profile at their places, with the parameters that rules and catalogue ask for.

A register has one line a device and parameter (or a line without parameter for the device alone).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rules_db.assess.findings import Finding, Tally, Weight
from rules_db.assess.limits import Limit, catalogue_limits, within
from rules_db.assess.reading import Row
from rules_db.mapping.catalogue import Catalogue, Entry
from rules_db.mapping.profiles import Profile, converted, convertible

COLUMNS = ("hardware", "serial", "location", "parameter", "value", "unit")
_SOFT = ("claim", "practice")


@dataclass(frozen=True, slots=True)
class Reading:
    """A parameter as registered: where the line stands, the value and its unit."""

    file: str
    line: int
    value: float
    unit: str


@dataclass
class Registered:
    """A device of the register: type, place and parameters by name."""

    file: str
    line: int
    hardware: str
    serial: str
    location: str
    parameters: dict[str, Reading] = field(default_factory=dict)


def read_register(
    file: str, rows: Iterable[Row], catalogue: Catalogue, profile: Profile, tally: Tally, known: dict[str, Registered]
) -> None:
    """Take the lines of a register into `known` (by serial); faults go into the tally."""
    places = {checkpoint.id for checkpoint in profile.checkpoints}
    for line, (hardware, serial, location, parameter, value, unit) in rows:
        tally.examined += 1
        if hardware not in catalogue.hardware:
            tally.add(Finding(file, line, f"no device type {hardware!r} in the catalogue"))
            continue
        if not serial:
            tally.add(Finding(file, line, "serial is empty"))
            continue
        if places and location not in places:
            tally.add(Finding(file, line, f"{serial}: {location!r} is no checkpoint of the profile"))
        device = known.setdefault(serial, Registered(file, line, hardware, serial, location))
        if (device.hardware, device.location) != (hardware, location):
            why = (
                f"{serial} is {hardware} at {location} here, {device.hardware} at {device.location} "
                f"at {device.file}:{device.line}"
            )
            tally.add(Finding(file, line, why))
            continue
        if parameter:
            _take_parameter(device, file, line, parameter, value, unit, tally)


def compare_with_profile(catalogue: Catalogue, profile: Profile, known: Mapping[str, Registered], tally: Tally) -> None:
    """Devices of the profile that the register lacks or states otherwise, and minimums of the catalogue not kept."""
    for device in profile.devices:
        registered = known.get(device.serial)
        if registered is None:
            why = f"{device.hardware} {device.serial} at {device.location} stands in the profile, not in the register"
            tally.add(Finding("profile", 0, why))
            continue
        if (registered.hardware, registered.location) != (device.hardware, device.location):
            why = (
                f"{device.serial} is {registered.hardware} at {registered.location}; the profile says "
                f"{device.hardware} at {device.location}"
            )
            tally.add(Finding(registered.file, registered.line, why))
        for measure in device.parameters:
            reading = registered.parameters.get(measure.name)
            if reading is None or not convertible(reading.unit, measure.unit):
                continue
            if converted(reading.value, reading.unit, measure.unit) != measure.value:
                why = (
                    f"{device.serial}: {measure.name} is {reading.value:g} {reading.unit}; the profile says "
                    f"{measure.value:g} {measure.unit}"
                )
                tally.add(Finding(reading.file, reading.line, why))
    for registered in known.values():
        for parameter, limit in catalogue_limits(catalogue, registered.hardware):
            weight = Weight.REMARK if parameter["tier"] in _SOFT else Weight.VIOLATION
            _compare(registered, _names(parameter), limit, weight, tally)


def wanted_at_checkpoints(
    profile: Profile, known: Mapping[str, Registered], demands: Sequence[tuple[str, Limit]], tally: Tally
) -> None:
    """Device types that a rule in force demands at each checkpoint, and where there is none."""
    for hardware, rule in demands:
        for checkpoint in profile.checkpoints:
            if not any(d.hardware == hardware and d.location == checkpoint.id for d in known.values()):
                why = f"no {hardware} at checkpoint {checkpoint.id} ({checkpoint.place}); {rule.describe()}"
                tally.add(Finding("profile", 0, why, Weight.VIOLATION, "rule", rule.rule_id))


def compare_limit(
    catalogue: Catalogue, test: Entry, known: Mapping[str, Registered], limits: Sequence[Limit], tally: Tally
) -> None:
    """One parameter of the test's device types against the rules in force; a device that does not state it is open."""
    names = {test["parameter"]}
    for hardware in test["hardware"]:
        for parameter, _limit in catalogue_limits(catalogue, hardware, test["parameter"]):
            names |= set(_names(parameter))
    for device in known.values():
        if device.hardware not in test["hardware"]:
            continue
        for limit in limits:
            if not _compare(device, tuple(sorted(names)), limit, Weight.VIOLATION, tally):
                why = f"{device.serial} does not state {test['parameter']}; {limit.describe()}"
                tally.add(Finding(device.file, device.line, why, Weight.UNREADABLE, limit.basis, limit.rule_id))


def _take_parameter(
    device: Registered, file: str, line: int, parameter: str, value: str, unit: str, tally: Tally
) -> None:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if number - number != 0:  # not a number, or infinite
        tally.add(Finding(file, line, f"{device.serial}: {parameter} is {value!r}, no number"))
        return
    before = device.parameters.get(parameter)
    if before is not None and (before.value, before.unit) != (number, unit):
        earlier = f"{before.value:g} {before.unit} at {before.file}:{before.line}"
        why = f"{device.serial}: {parameter} is {number:g} {unit} here, {earlier}"
        tally.add(Finding(file, line, why))
        return
    device.parameters[parameter] = Reading(file, line, number, unit)


def _compare(device: Registered, names: Sequence[str], limit: Limit, weight: Weight, tally: Tally) -> bool:
    """Whether the device states the parameter under one of its names; a value out of bounds goes into the tally."""
    reading = next((device.parameters[name] for name in names if name in device.parameters), None)
    if reading is None:
        return False
    tally.examined += 1
    if not convertible(reading.unit, limit.unit):
        unit = reading.unit or "no unit"
        why = f"{device.serial}: {names[0]} is in {unit}, the limit in {limit.unit}: {limit.describe()}"
        tally.add(Finding(reading.file, reading.line, why, Weight.VIOLATION, limit.basis, limit.rule_id))
    elif not within(converted(reading.value, reading.unit, limit.unit), limit):
        why = f"{device.serial}: {names[0]} is {reading.value:g} {reading.unit}; limit {limit.describe()}"
        tally.add(Finding(reading.file, reading.line, why, weight, limit.basis, limit.rule_id))
    return True


def _names(parameter: Entry) -> tuple[str, ...]:
    return tuple(parameter[key] for key in ("name", "name_zh") if key in parameter)
