"""The register as YAML: whole and sound as bundled, refused by name when broken, rendered without pretence."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules_db.register.entries import BUNDLED, Entry, RegisterError, article_number, read_register
from rules_db.register.render import NOTICE, render


@pytest.fixture(scope="module")
def entries() -> dict[str, Entry]:
    return read_register()


def test_every_instrument_of_the_reference_list_is_entered(entries: dict[str, Entry], shared: Path) -> None:
    listed = yaml.safe_load((shared / "domain/instruments.yml").read_text(encoding="utf-8"))
    wanted = {entry["id"] for entry in (*listed["instruments"], *listed["standards"])}
    assert wanted - set(entries) == set()


def test_figures_and_dates_agree_with_the_reference_list(entries: dict[str, Entry], shared: Path) -> None:
    listed = yaml.safe_load((shared / "domain/instruments.yml").read_text(encoding="utf-8"))
    fields = {"date_issued": "promulgated_on", "date_published": "published_on", "date_effective": "effective_on"}
    for theirs in (*listed["instruments"], *listed["standards"]):
        ours = entries[theirs["id"]]
        for there, here in fields.items():
            if len(str(theirs.get(there, ""))) == len("2026-01-01"):
                assert ours[here] == theirs[there], (theirs["id"], there)
    for edge in listed["relations"]:
        targets = {relation["target"] for relation in entries[edge["from"]].get("relations", ())}
        assert edge["to"] in targets, edge


def test_no_tier_is_better_than_the_reference_list_allows(entries: dict[str, Entry], shared: Path) -> None:
    listed = yaml.safe_load((shared / "domain/instruments.yml").read_text(encoding="utf-8"))
    tiers = {
        "T1_official": "official",
        "T2_reproduction": "repost",
        "T3_press": "press",
        "T4_unverified": "claim",
        "T0_recollection": "claim",
    }
    for theirs in (*listed["instruments"], *listed["standards"]):
        assert entries[theirs["id"]]["tier"] == tiers[theirs["provenance_tier"]], theirs["id"]


def test_a_paraphrase_says_so_first_and_never_numbers_what_was_not_seen(entries: dict[str, Entry]) -> None:
    for entry in entries.values():
        lines = render(entry, entries).data.decode().splitlines()
        assert lines[0] == NOTICE
        articles = [line.split(" ")[0] for line in lines if line.startswith("第") and "条 " in line[:8]]
        assert articles == [rule["article"] for rule in entry.get("rules", ()) if "article" in rule]


def test_entries_have_addresses_of_their_own(entries: dict[str, Entry]) -> None:
    addresses = [str(render(entry, entries).facts["url"]) for entry in entries.values()]
    assert len(set(addresses)) == len(addresses)
    assert any(address.startswith("https://") for address in addresses)


def test_claims_hold_hearsay_and_no_rules(entries: dict[str, Entry]) -> None:
    claims = [entry for entry in entries.values() if entry["instrument_type"] == "claim"]
    assert len(claims) >= 2
    for claim in claims:
        assert (claim["tier"], claim["status"], "rules" in claim) == ("claim", "unknown", False)
        assert {relation["kind"] for relation in claim["relations"]} == {"probably_means"}


@pytest.mark.parametrize(
    ("label", "number"), [("第四条", 4), ("第十条", 10), ("第二十四条", 24), ("第一百零三条", 103)]
)
def test_article_numbers_are_read(label: str, number: int) -> None:
    assert article_number(label) == number


def _set(field: str, value: Any) -> Callable[[list[dict[str, Any]]], None]:
    return lambda entries: entries[0].__setitem__(field, value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_set("tier", "gossip"), "gossip"),
        (_set("effective_on", "2026-13-01"), "2026-13-01"),
        (_set("sources", ["ftp://example.org/a"]), "ftp://example.org/a"),
        (_set("relations", [{"kind": "repeals", "target": "cn-guifan-2016", "confidence": "high"}]), "from"),
        (_set("relations", [{"kind": "implements", "target": "cn-nowhere", "confidence": "high"}]), "cn-nowhere"),
        (lambda entries: entries[0].update(instrument_type="claim", tier="claim", status="unknown"), "never in rules"),
        (_set("statements", ["据称如此。"]), "only a claim"),
        (
            _set(
                "rules",
                [
                    {"article": label, "text": "企业应当保存记录。", "tier": "press", "confidence": "high"}
                    for label in ("第五条", "第四条")
                ],
            ),
            "第五条、第四条",
        ),
        (lambda entries: entries.append(dict(entries[0])), "used twice"),
        (lambda entries: entries.append({**entries[0], "id": "another"}), "has the title of"),
    ],
)
def test_a_broken_entry_is_refused_by_name(
    tmp_path: Path, change: Callable[[list[dict[str, Any]]], None], told: str
) -> None:
    folder = Path(shutil.copytree(BUNDLED, tmp_path / "register"))
    path = folder / "recycling.yml"
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(loaded)
    path.write_text(yaml.safe_dump(loaded, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises(RegisterError, match=told):
        read_register(folder)


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("- id: a\n  id: b\n", encoding="utf-8")
    with pytest.raises(RegisterError, match="stands twice"):
        read_register(tmp_path)
