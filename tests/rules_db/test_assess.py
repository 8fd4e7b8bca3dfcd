"""Evidence against rules: every planted fault is found and none invented, and the verdict follows the rule in force."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from example_evidence import GAP_HOURS, UPLOADS, Planted, write_alerts, write_csv, write_uploads

from cli import main
from rules_db.assess.pack import MANIFEST, write_pack
from rules_db.assess.run import assess
from rules_db.connection import DataFolder, open_store
from rules_db.export.checklist_words import changed
from rules_db.mapping.applicability import checklist
from rules_db.mapping.catalogue import BUNDLED, CatalogueError, read_catalogue
from rules_db.mapping.links import accept_link, load_links
from rules_db.mapping.profiles import Checkpoint, Device, Measure, OwnLimit, Profile, ProfileError, check_profile
from rules_db.mapping.profiles import read_profile as read

NATION, PROVINCE = "示例回收站入库报送规定", "示例云岭省电池告警处置规定"
REPORT = """# 示例回收站入库报送规定

第一条 回收站应当自收到电池之日起{days}日内向主管部门报送入库信息。

第二条 回收站应当在检查点配备称重设备。

第三条 回收站入库记录的保存期限不得少于2年。

第四条 本规定自{since}起施行。
"""
ALERT = """# 示例云岭省电池告警处置规定

第一条 监管平台发出告警后，综合利用企业应当在30分钟内确认，并在24小时内处置完毕。

第二条 本规定自2024年1月1日起施行。
"""
LINKS = (
    ("L951", NATION, "第一条", "{control: C04}"),
    ("L952", NATION, "第二条", "{hardware_item: H03}"),
    ("L953", NATION, "第三条", "{evidence_item: E11}"),
    ("L954", PROVINCE, "第一条", "{control: C19}"),
)
HERE, ELSEWHERE = "980000", "970000"
NOW, AS_OF = "2026-11-25T00:00:00Z", "2026-11-25"


def ingest(data: Path, title: str, text: str, date: str, place: str) -> None:
    path = data.parent / f"{title}-{date}.md"
    path.write_text(text, encoding="utf-8")
    manifest = path.with_suffix(".csv")
    manifest.write_text(
        "path,title,version_date,effective_on,document_number,instrument_type,jurisdiction\n"
        f"{path.name},{title},{date},,,departmental rule,{place}\n",
        encoding="utf-8",
    )
    command = ["ingest", str(path), "--manifest", str(manifest), "--no-publish", "--data", str(data)]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a national and a provincial rule and four reviewed links."""
    root = tmp_path_factory.mktemp("assess") / "data"
    path = root / "catalogue" / "links" / "test.yml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "".join(
            f"- id: {key}\n  rule: {{instrument: {title}, provision: {place}}}\n  target: {target}\n"
            "  relationship: intersects\n  rationale: made for this test\n  tier: official\n"
            '  stamp: ""\n  reviewed_by: ""\n  reviewed_on: ""\n'
            for key, title, place, target in LINKS
        ),
        encoding="utf-8",
    )
    ingest(root, NATION, REPORT.format(days=30, since="2024年1月1日"), "2023-12-01", "100000")
    ingest(root, PROVINCE, ALERT, "2023-12-01", HERE)
    connection = open_store(DataFolder(root))
    stamps = dict(connection.execute("SELECT id, current_fingerprint FROM mapping").fetchall())
    for key, *_rest in LINKS:
        accept_link(path, key, stamp=stamps[key], reviewer="王", on="2024-02-01")
    load_links(connection, read_catalogue(BUNDLED, root / "catalogue"), NOW)
    return root


def site(place: str = HERE, **changes: Any) -> Profile:
    base = Profile(
        "示例站", place, frozenset({"collection", "second_life"}), frozenset(), operating_since="2024-06-01",
        checkpoints=(Checkpoint("IN1", "入口"),),
        enterprise_set=(
            OwnLimit(Measure("upload_gap", GAP_HOURS, "hour"), "运行手册"),
            OwnLimit(Measure("alert_acknowledgement", 60, "minute"), "运行手册"),
            OwnLimit(Measure("alert_resolution", 48, "hour"), "运行手册"),
        ),
    )  # fmt: skip
    return dataclasses.replace(base, **changes)


def run(data: Path, folder: Path, profile: Profile | None = None) -> dict[str, dict[str, Any]]:
    """Tests by control and test id."""
    found = assess(
        open_store(DataFolder(data), read_only=True), read_catalogue(BUNDLED, data / "catalogue"), profile or site(),
        folder, AS_OF,
    )  # fmt: skip
    return {
        f"{control['control']} {test['test']}": test for control in found["controls"] for test in control["tests"]
    } | {control["control"]: control for control in found["controls"]}


def lines(test: dict[str, Any], weight: str = "violation") -> set[int]:
    return {finding["line"] for finding in test["findings"] if finding["weight"] == weight}


def whys(test: dict[str, Any]) -> str:
    return "\n".join(f"{f['file']}:{f['line']} {f['weight']} {f['why']}" for f in test["findings"])


@pytest.mark.parametrize("seed", [1, 20260506])
def test_every_planted_fault_is_found_and_none_invented(data: Path, tmp_path: Path, seed: int) -> None:
    planted = Planted()
    write_uploads(tmp_path / "uploads.csv", 10_000, seed, planted)
    write_alerts(tmp_path / "alerts.csv", 400, seed, planted, minutes=30, hours=24)
    found = run(data, tmp_path)
    assert lines(found["C04 T01"]) == planted.late
    assert lines(found["C07 T05"]) == planted.missing
    assert lines(found["C08 T06"]) == planted.checksum
    assert lines(found["C18 T07"]) == planted.silent
    assert lines(found["C19 T08"]) == planted.slow_acknowledged
    assert lines(found["C19 T09"]) == planted.slow_resolved
    assert all(f["rule"] for f in found["C04 T01"]["findings"])
    assert found["C04"]["outcome"] == found["C19"]["outcome"] == "not met"
    assert found["C25"]["outcome"] == "not applicable"


def test_a_province_without_a_rule_leaves_the_enterprises_own_limit(data: Path, tmp_path: Path) -> None:
    planted = Planted()
    write_alerts(tmp_path / "alerts.csv", 200, 3, planted, minutes=60, hours=48)
    test = run(data, tmp_path, site(ELSEWHERE))["C19 T08"]
    assert lines(test) == planted.slow_acknowledged
    assert "enterprise-set, no law" in whys(test)
    assert len(lines(run(data, tmp_path)["C19 T08"])) > len(planted.slow_acknowledged)
    nothing_set = run(data, tmp_path, site(ELSEWHERE, enterprise_set=()))["C19 T08"]
    assert (nothing_set["outcome"], lines(nothing_set)) == ("not shown", set())


def upload(number: int, happened: str, uploaded: str) -> list[object]:
    digest = hashlib.sha256(b"{}").hexdigest()
    return [f"B{number}", "stock_in", happened, uploaded, "{}", digest, "", "60", "80", ""]


def test_thirty_to_twenty_days_moves_links_checklist_and_verdict(data: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(data.parent, tmp_path / "copy") / "data")
    folder = tmp_path / "evidence"
    folder.mkdir()
    rows = [
        upload(1, "2025-06-02", "2025-06-27"),  # 25 days, before the change
        upload(2, "2026-03-02", "2026-03-27"),  # 25 days, after it
        upload(3, "2026-03-30", "2026-04-10"),
    ]
    write_csv(folder / "uploads.csv", [UPLOADS, *rows])
    assert run(data, folder)["C04 T01"]["outcome"] == "met"
    ingest(data, NATION, REPORT.format(days=20, since="2026年1月1日"), "2025-12-01", "100000")
    connection = open_store(DataFolder(data))
    states = dict(connection.execute("SELECT id, status FROM mapping WHERE id LIKE 'L95%'").fetchall())
    assert states == {"L951": "suspect", "L952": "accepted", "L953": "accepted", "L954": "accepted"}
    catalogue = read_catalogue(BUNDLED, data / "catalogue")
    told = {}
    for day in ("2025-12-31", AS_OF):
        checks = {check["control"]: check for check in checklist(connection, catalogue, site(), day)}
        rule = next(rule for rule in checks["C04"]["rules"] if rule["link"] == "L951")
        told[day] = (rule["status"], rule["thresholds"][0]["value"], changed(rule, day))
    assert told["2025-12-31"][:2] == ("accepted", 30)
    assert "from 2026-01-01" in told["2025-12-31"][2]
    assert told[AS_OF][:2] == ("suspect", 20)
    assert "30日内 → 20日内 (tightened) (since 2026-01-01)" in told[AS_OF][2]
    profile = tmp_path / "site.yml"
    profile.write_text(f"site: 示例站\njurisdiction: '{HERE}'\nactivities: [collection]\n", encoding="utf-8")
    command = ["checklist", "--profile", str(profile), "--since", "2025-12-31", "--as-of", AS_OF, "--data", str(data)]
    listed = json.loads(CliRunner().invoke(main, [*command, "--format", "json"]).stdout)
    moved = {
        (check["control"], line["was"]["limit"])
        for check in listed["checks"]
        for line in check["lines"]
        if line["news"]
    }
    assert moved == {("C04", "自收到电池之日起 30日内")}
    assert listed["ended"] == []
    after = run(data, folder)["C04 T01"]
    assert (after["outcome"], lines(after)) == ("not met", {3})
    assert "due by 2026-03-23" in whys(after)  # the 22nd is a Sunday


def test_devices_against_checkpoints_rules_and_profile(data: Path, tmp_path: Path) -> None:
    header = ["hardware", "serial", "location", "parameter", "value", "unit"]
    profile = site(
        checkpoints=(Checkpoint("IN1", "入口"), Checkpoint("OUT1", "出口")),
        devices=(Device("H03", "W1", "IN1", (Measure("verification", 12, "month"),)), Device("H02", "V1", "OUT1")),
    )
    rows = [
        ["H03", "W1", "IN1", "verification", "2", "year"],  # the profile says 12 months; 24 are 2 years
        ["H77", "X1", "IN1", "", "", ""],
        ["H02", "V2", "ROOF", "", "", ""],
        ["H08", "F1", "OUT1", "alarm to a person on duty", "2", "kg"],
        ["H08", "F1", "OUT1", "clock offset", "nan", "second"],
        ["H08", "F1", "IN1", "", "", ""],
    ]
    write_csv(tmp_path / "devices.csv", [header, *rows])
    told = whys(run(data, tmp_path, profile)["C18 T10"])
    for wanted in (
        "devices.csv:2 violation W1: verification is 2 year; the profile says 12 month",
        "devices.csv:3 violation no device type 'H77'",
        "devices.csv:4 violation V2: 'ROOF' is no checkpoint",
        "devices.csv:5 violation F1: alarm to a person on duty is in kg, the limit in second",
        "devices.csv:6 violation F1: clock offset is 'nan', no number",
        "devices.csv:7 violation F1 is H08 at IN1 here, H08 at OUT1 at devices.csv:5",
        "profile:0 violation H02 V1 at OUT1 stands in the profile, not in the register",
        "profile:0 violation no H03 at checkpoint OUT1",
        "devices.csv:2 remark W1: verification is 2 year",  # practice never decides
    ):
        assert wanted in told


def test_documents_present_valid_and_kept(data: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("ledger", encoding="utf-8")
    digest = hashlib.sha256(b"ledger").hexdigest()
    header = ["evidence", "file", "title", "issued_on", "valid_until", "kept_from", "sha256"]
    rows = [
        ["E11", "a.txt", "", "2026-01-01", "", "2026-01-01", digest],  # two years by rule; the site is older than that
        ["E01", "../secret.txt", "", "2026-01-01", "", "", ""],
        ["E02", "a.txt", "", "2026-01-01", "2026-02-01", "", digest],
        ["E03", "a.txt", "", "2030-01-01", "", "", "0" * 64],
        ["E99", "a.txt", "", "", "", "", ""],
        ["E12", "a.txt", "", "soon", "", "", ""],
    ]
    write_csv(tmp_path / "documents.csv", [header, *rows])
    found = run(data, tmp_path)
    told = whys(found["C04 T14"]) + "\n" + whys(found["C01 T14"])
    for wanted in (
        "documents.csv:2 violation E11: kept from 2026-01-01, records from 2024-11-25 are asked for; limit 不得少于2年",
        "documents.csv:3 violation E01: no file '../secret.txt'",
        "documents.csv:4 violation E02 Environmental impact approval and acceptance: expired on 2026-02-01",
        "documents.csv:5 violation E03: a.txt has another SHA-256",
        "documents.csv:5 violation E03: a.txt is dated 2030-01-01",
        "documents.csv:7 unreadable E12: no day",
    ):
        assert wanted in told
    young = run(data, tmp_path, site(operating_since="2026-01-01"))["C04 T14"]
    assert "E11: kept from" not in "".join(f["why"] for f in young["findings"] if f["weight"] == "violation")


def test_malformed_logs_are_named_by_line_and_nothing_crashes(data: Path, tmp_path: Path) -> None:
    good = upload(1, "2026-03-02T08:00:00+08:00", "2026-03-03T01:00:00Z")
    text = ",".join(UPLOADS) + "\n"
    with (tmp_path / "uploads.csv").open("wb") as handle:
        handle.write(text.encode())
        handle.write((",".join(map(str, good)) + "\n").encode())
        handle.write(b"B2,stock_in\n")
        handle.write("电池".encode("gbk") + b",stock_in,,,,,,,,\n")
        handle.write(b"B4,stock_in,yesterday,2026-03-03,{},x,,,,\n")
        handle.write(
            b"B5,teleport,2026-03-02,2026-03-04,{}," + hashlib.sha256(b"{}").hexdigest().encode() + b",,1,1,\n"
        )
        handle.write(b"B6,stock_in,2026-03-02,9999-12-31T23:59:59-23:00,{},x,,,,\n")
        handle.write(b"B7,st\x00ck_in,,,,,,,,\n")
    (tmp_path / "uploads2.jsonl").write_text(
        json.dumps(dict(zip(UPLOADS, good, strict=True))) + '\n[1]\n{"code":\n{"code": {"a": 1}}\n' + "[" * 100_000,
        encoding="utf-8",
    )
    (tmp_path / "alerts.csv").write_text("alert,alert\n1,2\n", encoding="utf-8")
    (tmp_path / "alerts2.csv").write_bytes(b"")
    (tmp_path / "devices.yml").write_text("a: 1\na: 2\n", encoding="utf-8")
    found = run(data, tmp_path)
    told = whys(found["C07 T05"])
    for wanted in (
        "uploads.csv:3 violation 2 cells, the header has 10",
        "uploads.csv:4 violation not UTF-8",
        "uploads.csv:5 violation no time",
        "uploads.csv:6 violation unknown event 'teleport'",
        "uploads.csv:7 violation no time",
        "uploads.csv:8 violation holds a NUL",
        "uploads2.jsonl:2 violation an object",
        "uploads2.jsonl:3 violation no JSON",
        "uploads2.jsonl:4 violation code holds dict",
        "uploads2.jsonl:5 violation no JSON",
    ):
        assert wanted in told
    assert "uploads.csv:2 " not in told  # the good row
    assert "alerts.csv:1 unreadable column alert stands twice" in whys(found["C19 T08"])
    assert "alerts2.csv:0 unreadable is empty" in whys(found["C19 T08"])
    assert "not readable YAML" in whys(found["C18 T10"])
    assert found["C19 T08"]["outcome"] == "not shown"


def test_an_empty_folder_shows_nothing(data: Path, tmp_path: Path) -> None:
    found = run(data, tmp_path)
    outcomes = {value["outcome"] for key, value in found.items() if " " not in key}
    assert outcomes == {"not shown", "not applicable"}


def test_the_pack_is_whole_and_the_same_each_time(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    (evidence / "sub").mkdir(parents=True)
    (evidence / "sub" / "纸.txt").write_text("a", encoding="utf-8")
    (evidence / "link").symlink_to("/etc/hostname")
    profile = tmp_path / "site.yml"
    profile.write_text("site: x\n", encoding="utf-8")
    digests = write_pack(tmp_path / "1.zip", evidence, profile, {"b": 1, "a": 2})
    assert list(digests) == ["evidence/sub/纸.txt", "profile.yml", "report.json"]
    with zipfile.ZipFile(tmp_path / "1.zip") as pack:
        listed = dict(reversed(line.split("  ", 1)) for line in pack.read(MANIFEST).decode().splitlines())
        assert listed == {name: hashlib.sha256(pack.read(name)).hexdigest() for name in digests}
    write_pack(tmp_path / "2.zip", evidence, profile, {"a": 2, "b": 1})
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("devices:\n  - {hardware: H99, serial: a, location: b}\n", r"site\.yml:5: devices.0: no device type H99"),
        (
            "devices:\n  - hardware: H02\n    serial: a\n    location: b\n    parameters:\n"
            "      - {name: days kept, value: 3, unit: kg}\n",
            r"site\.yml:9: .*days kept is in kg",
        ),
        ("checkpoints:\n  - {id: A, place: x}\n  - {id: A, place: y}\n", r"site\.yml:5: .*id A stands 2 times"),
        (
            "checkpoints:\n  - {id: A, place: x}\ndevices:\n  - {hardware: H02, serial: s, location: B}\n",
            r"site\.yml:7: .*B is no checkpoint",
        ),
        ("exports:\n  - {product: x, destination: y}\n", r"site\.yml:5: exports"),
        ("data_handled: [face]\n", r"site\.yml:4: .*biometric_devices"),
        ("enterprise_set:\n  - {name: tea, value: 1, unit: hour, set_by: x}\n", r"site\.yml:5: .*asks for tea"),
        ("enterprise_set:\n  - {name: upload_gap, value: 1, unit: parsec, set_by: x}\n", r"site\.yml:5: .*parsec"),
        ("site: twice\n", "stands twice"),
    ],
)
def test_a_contradicting_profile_is_refused_by_line(tmp_path: Path, more: str, fault: str) -> None:
    path = tmp_path / "site.yml"
    path.write_text(f"site: x\njurisdiction: '440000'\nactivities: [recycling]\n{more}", encoding="utf-8")
    with pytest.raises(ProfileError, match=fault):
        check_profile(read(path), read_catalogue(BUNDLED), path)


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[2] / "docs" / "profiles").glob("*.yml")), ids=str)
def test_the_example_profiles_are_whole(path: Path) -> None:
    profile = read(path)
    check_profile(profile, read_catalogue(BUNDLED), path)
    assert profile.checkpoints and profile.devices and profile.enterprise_set and profile.capacity


@pytest.mark.parametrize(
    ("kind", "text", "fault"),
    [
        ("tests", "- {id: T99, kind: checksum, title: x, control: C99}\n", "C99"),
        ("tests", "- {id: T99, kind: checksum, title: x, control: C08, hardware: [H99]}\n", "H99"),
        (
            "hardware",
            "- id: H98\n  title: x\n  title_zh: 某\n  installed_at: [x]\n  parameters:\n"
            "    - {name: p, comparator: ge, value: 5, unit: day, tier: practice, source: own practice}\n"
            "    - {name: p, comparator: le, value: 3, unit: day, tier: practice, source: own practice}\n"
            "  standards: []\n  acceptance_check: x\n  records: [x]\n  restrictions: ''\n  tier: practice\n"
            "  source: own practice\n",
            "H98: parameters contradict",
        ),
    ],
)
def test_dangling_ids_and_contradicting_parameters_do_not_load(
    tmp_path: Path, kind: str, text: str, fault: str
) -> None:
    (tmp_path / kind).mkdir()
    (tmp_path / kind / "own.yml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=fault):
        read_catalogue(BUNDLED, tmp_path)


def test_the_command_writes_report_and_pack(data: Path, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    write_csv(evidence / "uploads.csv", [UPLOADS, upload(1, "2025-06-02", "2025-06-05")])
    profile = tmp_path / "site.yml"
    profile.write_text(f"site: 示例站\njurisdiction: '{HERE}'\nactivities: [collection]\n", encoding="utf-8")
    command = ["assess", "--profile", str(profile), "--evidence", str(evidence), "--as-of", AS_OF, "--data", str(data)]
    result = CliRunner().invoke(main, [*command, "--format", "json", "--pack", str(tmp_path / "p.zip")])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["summary"]["not shown"] > 0
    assert zipfile.is_zipfile(tmp_path / "p.zip")
    table = CliRunner().invoke(main, command)
    assert "C04 Inbound reports in time" in table.stdout
