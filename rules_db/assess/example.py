"""An example evidence folder for a site: invented records that keep every limit, or break some in known places.

In: a profile, the catalogue, a day, a seed. Out: files as docs/assessment.md describes them, and where faults were
planted. For trying an assessment, for teaching, and to show a site what its own folder must look like.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rules_db.assess import alerts, devices, papers
from rules_db.assess.uploads import upload_columns
from rules_db.connection import StoreError
from rules_db.mapping.applicability import applies
from rules_db.mapping.catalogue import Catalogue, Entry
from rules_db.mapping.profiles import Profile, converted

_LOG_DAYS = 150  # how long the logs reach back from the day of the assessment
_MOST_LAG_DAYS, _LATE_DAYS = 20, 60
_ALERTS = 400
_DEFAULT_MINUTES = {"alert_acknowledgement": 30.0, "alert_resolution": 24 * 60.0, "upload_gap": 24 * 60.0}


@dataclass
class Planted:
    """Faults by test of the catalogue: pairs of file and line (0 = the file or profile as a whole)."""

    by_test: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def add(self, test: str, file: str, line: int) -> None:
        """Note a fault."""
        self.by_test.setdefault(test, []).append((file, line))


def write_example(
    catalogue: Catalogue, profile: Profile, out: Path, as_of: str, *, rows: int, seed: int, faults: int
) -> Planted:
    """Write the folder; `faults` of each kind are planted (0: none). The same arguments give the same bytes.

    Raises StoreError when the folder holds something already or can't be written.
    """
    day = datetime.date.fromisoformat(as_of)
    chance = random.Random(seed)  # noqa: S311 - an example, no secret
    planted = Planted()
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise StoreError(f"{out} is not empty; name a new folder")
        _write_rows(out / "uploads.csv", _uploads(catalogue, profile, day, rows, chance, faults, planted))
        _write_rows(out / "alerts.csv", _alerts(catalogue, profile, day, chance, faults, planted))
        _write_rows(out / "devices.csv", _devices(catalogue, profile, faults, planted))
        _write_rows(out / "documents.csv", _papers(catalogue, profile, out, day, chance, faults, planted))
    except OSError as error:
        raise StoreError(f"{out}: can't be written: {error.strerror or error}") from error
    return planted


def _tests(catalogue: Catalogue) -> dict[str, str]:
    """Kind, step or event of a test → its id."""
    found: dict[str, str] = {}
    for test in catalogue.tests.values():
        for name in test.get("events", (test.get("step", test["kind"]),)):
            found.setdefault(name, test["id"])
    return found


def _write_rows(path: Path, rows: Iterator[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows(rows)


def _own_minutes(profile: Profile, name: str) -> float:
    own = profile.own_limit(name)
    return converted(own.measure.value, own.measure.unit, "minute") if own else _DEFAULT_MINUTES[name]


def _lines(chance: random.Random, rows: int, faults: int, kinds: int) -> list[set[int]]:
    """Lines of a log for each kind of fault, no line twice, none at the very beginning."""
    if faults * kinds > rows - 3:
        raise StoreError(f"{faults} faults of {kinds} kinds don't fit into {rows} rows")
    lines = chance.sample(range(4, rows + 2), faults * kinds)
    return [set(lines[kind::kinds]) for kind in range(kinds)]


def _uploads(
    catalogue: Catalogue, profile: Profile, day: datetime.date, rows: int, chance: random.Random, faults: int,
    planted: Planted,
) -> Iterator[Sequence[object]]:  # fmt: skip
    """A transmission log in order of upload: batteries in, tested, out, each reported well before it is due."""
    columns = upload_columns(catalogue.tests.values())
    yield columns
    late, checksum, missing, silent = _lines(chance, rows, faults, 4)
    if profile.own_limit("upload_gap") is None:  # only a limit makes a silence a fault
        silent = set()
    silence = datetime.timedelta(minutes=_own_minutes(profile, "upload_gap") + 1)
    end = datetime.datetime.combine(day, datetime.time(8))
    span = datetime.timedelta(days=_LOG_DAYS) - silence * len(silent)
    if span < datetime.timedelta(days=30):
        raise StoreError(f"{faults} silences of {silence} don't fit into {_LOG_DAYS} days")
    step = min(span / max(rows, 1), silence * 0.9)
    uploaded = end - step * (rows - len(silent)) - silence * len(silent)
    tests = _tests(catalogue)
    for line in range(2, rows + 2):
        uploaded += silence if line in silent else step
        event = ("stock_in", "test", "stock_out")[line % 3] if line not in late else "stock_in"
        lag = datetime.timedelta(days=_LATE_DAYS if line in late else chance.randrange(_MOST_LAG_DAYS), minutes=5)
        code = f"GJ{chance.randrange(10**9):09}{line:013}"
        payload = json.dumps({"code": code, "kg": chance.randrange(100, 500)})
        cells = {
            "code": "" if line in missing else code,
            "event": event,
            "event_at": (uploaded - lag).isoformat(timespec="seconds"),
            "uploaded_at": uploaded.isoformat(timespec="seconds"),
            "payload": payload,
            "sha256": hashlib.sha256((payload + " " * (line in checksum)).encode()).hexdigest(),
            "receiver_credit_code": "91440000MA0EXAMPL0",
            "soc": chance.randrange(20, 60),
            "soh": chance.randrange(60, 90),
            "test_log": f"curves/{line}.csv",
        }
        for kind, lines in (("checksum", checksum), ("required_field", missing), ("log_gap", silent)):
            if line in lines:
                planted.add(tests[kind], "uploads.csv", line)
        if line in late:
            planted.add(tests[event], "uploads.csv", line)
        yield [cells.get(name, "") for name in columns]


def _alerts(
    catalogue: Catalogue, profile: Profile, day: datetime.date, chance: random.Random, faults: int, planted: Planted
) -> Iterator[Sequence[object]]:
    """An alert log within the enterprise's own times; planted ones miss by a minute."""
    yield alerts.COLUMNS
    tests = _tests(catalogue)
    slow, unresolved = _lines(chance, _ALERTS, faults, 2)
    quick, long = (_own_minutes(profile, name) for name in ("alert_acknowledgement", "alert_resolution"))
    raised = datetime.datetime.combine(day, datetime.time(0)) - datetime.timedelta(days=_LOG_DAYS)
    step = datetime.timedelta(days=_LOG_DAYS - 1 - int(long // 1440) - 1) / _ALERTS
    for line in range(2, _ALERTS + 2):
        raised += step
        first = quick + 1 if line in slow else quick * chance.uniform(0.05, 0.9)
        last = long + 1 if line in unresolved else max(first, long * chance.uniform(0.05, 0.9))
        times = [(raised + datetime.timedelta(minutes=m)).isoformat(timespec="seconds") for m in (0, first, last)]
        for name, limit, lines in (
            ("acknowledged_at", "alert_acknowledgement", slow),
            ("resolved_at", "alert_resolution", unresolved),
        ):
            if line in lines and profile.own_limit(limit) is not None:
                planted.add(tests[name], "alerts.csv", line)
        yield [f"A{line:05}", *times, "sensor"]


def _devices(catalogue: Catalogue, profile: Profile, faults: int, planted: Planted) -> Iterator[Sequence[object]]:
    """The profile's devices with the profile's values, else with values that keep the catalogue's minimums.

    With faults, the first device is left out of the register, and the last one gains a unit that can't be compared.
    """
    yield devices.COLUMNS
    line = 1
    for number, device in enumerate(profile.devices):
        if faults and number == 0 and len(profile.devices) > 1:
            planted.add(_tests(catalogue)["device"], "profile", 0)
            continue
        stated = {measure.name: (measure.value, measure.unit) for measure in device.parameters}
        for parameter in catalogue.hardware[device.hardware]["parameters"]:
            if parameter["name"] not in stated:
                stated[parameter["name"]] = (_keeping(parameter), parameter["unit"])
        for k, (name, (value, unit)) in enumerate(stated.items()):
            line += 1
            if faults and number == len(profile.devices) - 1 and k == len(stated) - 1:
                unit = "dB"
                planted.add(_tests(catalogue)["device"], "devices.csv", line)
            yield [device.hardware, device.serial, device.location, name, f"{value:g}", unit]


def _keeping(parameter: Entry) -> float:
    """A value that keeps a minimum, maximum or equality, by a little."""
    value = float(parameter["value"])
    return {"gt": value * 1.1 + 1, "lt": value * 0.9, "range": value}.get(parameter["comparator"], value)


def _papers(
    catalogue: Catalogue, profile: Profile, out: Path, day: datetime.date, chance: random.Random, faults: int,
    planted: Planted,
) -> Iterator[Sequence[object]]:  # fmt: skip
    """A paper for each evidence item that a check of the site asks for. With faults: one has other bytes than its
    digest says, one is not there, one expired yesterday."""
    yield papers.COLUMNS
    concerned = [control for control in catalogue.controls.values() if applies(control, profile)]
    wanted = sorted({evidence for control in concerned for evidence in control["evidence"]})
    broken = chance.sample(wanted, 3) if faults and len(wanted) >= 3 else []
    since = profile.operating_since or str(day.replace(year=day.year - 10))
    (out / "papers").mkdir()
    for line, evidence in enumerate(wanted, 2):
        title = catalogue.evidence[evidence]["title"]
        name = f"papers/{evidence}.txt"
        text = f"{title} {catalogue.evidence[evidence]['title_zh']}\nAn invented example 虚构示例, {profile.site}\n"
        digest = hashlib.sha256(text.encode()).hexdigest()
        kind = broken.index(evidence) if evidence in broken else None
        if kind is not None:
            planted.add(_tests(catalogue)["document"], "documents.csv", line)
        if kind != 1:
            (out / name).write_text(text + " " * (kind == 0), encoding="utf-8", newline="\n")
        valid = day + datetime.timedelta(days=-1 if kind == 2 else 200)
        yield [evidence, name, title, str(day - datetime.timedelta(days=90)), str(valid), since, digest]
