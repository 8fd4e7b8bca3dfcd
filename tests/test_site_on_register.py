"""A site against the register's telling of the law: links hold, no duty is left out, examples are met, faults found."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import cli
from rules_db.connection import DataFolder, open_public, open_store
from rules_db.mapping.catalogue import BUNDLED, read_catalogue
from rules_db.mapping.coverage import uncovered_duties
from rules_db.pages.coverage import coverage_page
from rules_db.publish import publish

PROFILES = sorted((Path(__file__).parents[1] / "docs" / "profiles").glob("*.yml"))
AS_OF = "2026-11-25"
# Controls of the example profiles that files can't show on the register alone, and why.
OPEN = {"outlets-vehicle-maker": {"C04", "C05"}}  # no reporting limit is known that binds outlets since 2026-04-01


def run(*arguments: str | Path) -> Any:
    result = CliRunner().invoke(cli.main, [*map(str, arguments), "--format", "json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site") / "data"
    run("register", "load", "--no-publish", "--data", root)
    return root


def example(data: Path, profile: Path, out: Path, *more: str) -> dict[str, list[list[Any]]]:
    made = run("assess-example", "--profile", profile, "--out", out, "--as-of", AS_OF, "--data", data, *more)
    planted: dict[str, list[list[Any]]] = made["planted"]
    return planted


def assessed(data: Path, profile: Path, evidence: Path) -> dict[str, Any]:
    found: dict[str, Any] = run(
        "assess", "--profile", profile, "--evidence", evidence, "--as-of", AS_OF, "--data", data
    )
    return found


def test_links_to_the_register_find_the_telling_reviewed(data: Path) -> None:
    catalogue = read_catalogue(BUNDLED)
    status = dict(open_store(DataFolder(data)).execute("SELECT id, status FROM mapping").fetchall())
    links = [key for key in catalogue.links if catalogue.origin[key].stem == "register"]
    assert len(links) > 90
    assert {key: status[key] for key in links if status[key] != "accepted"} == {}


def test_no_duty_of_an_enterprise_in_the_register_lacks_link_and_reason(data: Path) -> None:
    found = uncovered_duties(open_store(DataFolder(data)), read_catalogue(BUNDLED), "2026-11-25")
    assert [(duty["instrument"], duty["label"], duty["statement"]) for duty in found["open"]] == []
    assert found["counts"]["duties"] > 50


def test_readers_see_the_same_coverage_and_the_written_reasons(data: Path) -> None:
    counts = uncovered_duties(open_store(DataFolder(data)), read_catalogue(BUNDLED), AS_OF)["counts"]
    assert publish(DataFolder(data), now=f"{AS_OF}T00:00:00Z", accept_mass_change=True).done
    with closing(open_public(DataFolder(data).public_db)) as public:
        told = public.execute(
            "SELECT sum(mapped) AS mapped, sum(reasoned) AS reasoned, sum(unmapped) AS unmapped "
            "FROM coverage WHERE mapped > 0 OR suspect > 0"
        ).fetchone()
        page = coverage_page(public)
        suspended = public.execute(
            "SELECT count(*) FROM duty_answer a JOIN rule r ON r.id = a.rule_id WHERE r.status = 'suspended'"
        ).fetchone()[0]
    assert tuple(told) == (counts["linked"] - suspended, counts["with_a_written_reason"], counts["open"])
    assert page.totals.reasoned == len(page.reasons) > 0
    assert all(row["reason"] for row in page.reasons)


def test_the_catalogue_owes_nothing(data: Path) -> None:
    found = run("map", "coverage", "--counts", "--data", data)
    assert (found["controls_without_evidence"], found["devices_without_ground"]) == ([], [])
    counts = {kind: sum(tiers.values()) for kind, tiers in found["counts"].items()}
    assert (counts["controls"], counts["devices"], counts["gaps"], counts["consequences"]) == (28, 16, 16, 9)
    assert (
        counts["instruments"] == open_store(DataFolder(data)).execute("SELECT count(*) FROM instrument").fetchone()[0]
    )
    assert counts["links accepted"] >= 101


@pytest.mark.parametrize("profile", PROFILES, ids=lambda path: path.stem)
def test_an_example_without_faults_is_met(data: Path, tmp_path: Path, profile: Path) -> None:
    assert example(data, profile, tmp_path / "evidence") == {}
    found = assessed(data, profile, tmp_path / "evidence")
    outcomes = {control["control"]: control["outcome"] for control in found["controls"]}
    assert {key for key, outcome in outcomes.items() if outcome not in ("met", "not applicable")} == OPEN.get(
        profile.stem, set()
    )
    violations = [f for c in found["controls"] for t in c["tests"] for f in t["findings"] if f["weight"] == "violation"]
    assert violations == found["problems"] == []


@pytest.mark.parametrize("profile", PROFILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", ["1", "20260506"])
def test_every_planted_fault_is_found_and_none_invented(data: Path, tmp_path: Path, profile: Path, seed: str) -> None:
    planted = example(data, profile, tmp_path / "evidence", "--faults", "9", "--seed", seed)
    found = assessed(data, profile, tmp_path / "evidence")
    told: dict[str, set[tuple[str, int]]] = {}
    for control in found["controls"]:
        for test in control["tests"]:
            for finding in test["findings"]:
                if finding["weight"] == "violation":
                    told.setdefault(test["test"], set()).add((finding["file"], finding["line"]))
    applied = {test["test"] for control in found["controls"] for test in control["tests"]}
    wanted = {test: {(file, line) for file, line in places} for test, places in planted.items() if test in applied}
    if profile.stem in OPEN:
        wanted.pop("T01")  # nothing is late where no limit binds
    assert told == wanted
    assert sum(map(len, wanted.values())) >= 20


def test_the_same_seed_gives_the_same_bytes_and_a_full_folder_is_left_alone(data: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        example(data, PROFILES[0], tmp_path / name, "--faults", "3", "--rows", "300")
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*.*"))
    assert len(files) > 20
    assert all((tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes() for path in files)
    command = ["assess-example", "--profile", str(PROFILES[0]), "--out", str(tmp_path / "a"), "--data", str(data)]
    again = CliRunner().invoke(cli.main, command)
    assert again.exit_code == 4
    assert "not empty" in again.stderr


@pytest.mark.parametrize("profile", PROFILES, ids=lambda path: path.stem)
def test_each_line_of_a_checklist_leads_back_to_its_text(data: Path, profile: Path) -> None:
    found = run("checklist", "--profile", profile, "--as-of", AS_OF, "--data", data)
    lines = [line for check in found["checks"] for line in check["lines"]]
    assert len({(line["place"], line["statement"]) for line in lines}) >= 3
    for line in lines[:: max(1, len(lines) // 5)]:
        explained = run("explain", line["rule"], "--data", data)
        assert line["statement"] in json.dumps(explained, ensure_ascii=False)
        assert line["source"]["url"]
    shown = CliRunner().invoke(
        cli.main, ["checklist", "--profile", str(profile), "--as-of", AS_OF, "--data", str(data)]
    )
    ids = {line["rule"] for line in lines}
    assert set(re.findall(r"\[([0-9a-f]+)\]", shown.stdout.replace("\n", ""))) >= ids


def lines_of(data: Path, profile: str, day: str = AS_OF) -> dict[str, list[dict[str, Any]]]:
    path = next(path for path in PROFILES if path.stem == profile)
    found = run("checklist", "--profile", path, "--as-of", day, "--data", data)
    return {check["control"]: check["lines"] for check in found["checks"]}


def test_a_limit_that_replaced_another_says_which(data: Path) -> None:
    told = {
        control: [
            change["summary"] for line in lines_of(data, "second-life-guangdong")[control] for change in line["changes"]
        ]
        for control in ("C04", "C05")
    }
    assert ["第十五条" in summary for summary in told["C04"]] == [True]  # stock in
    assert ["第十四条" in summary for summary in told["C05"]] == [True]  # stock out


def test_a_suspended_rule_is_shown_as_such_and_so_is_the_end_of_its_suspension(data: Path) -> None:
    notes = {
        day: [
            note
            for line in lines_of(data, "second-life-guangdong", day)["C25"]
            if line["suspended"]
            for note in line["notes"]
        ]
        for day in ("2025-11-01", "2026-11-01", AS_OF)
    }
    assert len(notes["2026-11-01"]) == 1
    assert notes["2026-11-01"][0].endswith("until 2026-11-10")
    assert "find out whether it applies again" in notes[AS_OF][0]


def test_video_of_public_places_is_asked_for_where_the_public_comes_in(data: Path) -> None:
    told = {
        profile: [
            line["place"]
            for lines in lines_of(data, profile).values()
            for line in lines
            if "公共安全视频" in line["place"]
        ]
        for profile in ("recycler-hunan", "outlets-vehicle-maker")
    }
    assert (told["recycler-hunan"], len(told["outlets-vehicle-maker"])) == ([], 1)
