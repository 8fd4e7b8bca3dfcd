"""The lines of a site's legal register: each wording once, under the check it belongs to, what binds others apart.

A rule reaches a check by a link to the check itself or to one of its evidence items and devices, which several checks
share. In: the checks of applicability.checklist. Out: the same checks, each with `lines` (in full), `see` (told in full
under another check) and `others` (binds other parties).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rules_db.mapping.parties import Parties

Line = dict[str, Any]
Wording = tuple[str, str, str]


def arrange(checks: Sequence[Mapping[str, Any]], parties: Parties, activities: Iterable[str]) -> list[dict[str, Any]]:
    """Checks in their order with their lines; first what is linked to the check itself and names the site's trade.

    Norms of one sentence (应当…；未…的，不得…) are one line with all their modalities, and an item stands within its
    article where both are linked. A wording that is linked to a
    check itself stands there in full; one that comes by shared evidence or devices stands in full once.
    """
    merged = [(check, _merged(check)) for check in checks]
    direct = {
        key: check["control"] for check, lines in reversed(merged) for key, line in lines.items() if line["direct"]
    }
    wordings = {key for _check, lines in merged for key in lines}
    whole = {key: _whole(key, wordings) or key for key in wordings}
    told: dict[Wording, str] = {}
    trade = frozenset(activities)
    arranged = []
    for check, lines in merged:
        full, see, others = [], [], []
        for key, line in lines.items():
            place = direct.get(key) or direct.get(whole[key]) or told.setdefault(whole[key], check["control"])
            if not line["direct"] and place != check["control"]:
                if line["binds_site"]:
                    see.append({"place": line["place"], "rule": line["rule"], "control": place, "items": line["items"]})
            elif line["binds_site"]:
                full.append(line)
            else:
                others.append(line)
        full.sort(
            key=lambda line: (not line["direct"], not parties.names(line["bearer"], trade), line["links"][0]["id"])
        )
        arranged.append({**check, "lines": full, "see": see, "others": others})
    return arranged


def limit_text(line: Mapping[str, Any]) -> str:
    """The limits as printed, each with what it measures or what starts it; else the deadline as printed."""
    found = []
    for threshold in line["thresholds"] or ():
        subject = threshold["parameter"] or threshold["trigger"]
        found.append(f"{subject} {threshold['text']}".strip())
    return "; ".join(dict.fromkeys(found)) or line["deadline"]


def _merged(check: Mapping[str, Any]) -> dict[Wording, Line]:
    lines: dict[Wording, Line] = {}
    for rule in check["rules"]:
        key = (rule["instrument"], rule["label"], rule["statement"])
        link = {"id": rule["link"], "target": rule["target"], "relationship": rule["relationship"]}
        line = lines.get(key)
        if line is None:
            line = lines[key] = {
                "rule": rule["rule"],
                "place": f"《{rule['instrument']}》{rule['label']}",
                "modality": rule["modality"],
                "links": [],
                "items": [],
                "direct": False,
                "thresholds": [],
                "changes": [],
                "notes": [],
                "status": "accepted",
                "suspended": rule["suspended"],
                "binds_site": False,
                **{
                    name: rule[name]
                    for name in ("statement", "bearer", "deadline", "tier", "valid_from", "valid_to", "source")
                },
            }
        _add(line, rule, link, direct=rule["target"] == check["control"])
    return _within_their_articles(lines)


def _within_their_articles(lines: dict[Wording, Line]) -> dict[Wording, Line]:
    """Lines without those whose words stand in another line of the same place, which takes what they brought."""
    kept = dict(lines)
    for key, line in lines.items():
        whole = _whole(key, kept)
        if whole is None:
            continue
        host = kept[whole]
        del kept[key]
        for name in ("links", "items", "thresholds", "changes", "notes"):
            host[name] += [one for one in line[name] if one not in host[name]]
        host["direct"] |= line["direct"]
        host["binds_site"] |= line["binds_site"]
        host["modality"] = _joined(host["modality"], line["modality"].split(", "), ", ")
        if line["status"] == "suspect":
            host["status"] = "suspect"
    return kept


def _whole(key: Wording, wordings: Iterable[Wording]) -> Wording | None:
    """The wording of the same place that holds this one, if any: the article around an item."""
    around = [other for other in wordings if other[:2] == key[:2] and other != key and key[2] in other[2]]
    return max(around, key=lambda other: len(other[2]), default=None)


def _joined(told: str, more: Sequence[str], separator: str) -> str:
    return separator.join([told, *(one for one in more if one not in told.split(separator))])


def _add(line: Line, rule: Mapping[str, Any], link: dict[str, str], *, direct: bool) -> None:
    if link not in line["links"]:
        line["links"].append(link)
    if not direct and rule["target"] not in line["items"]:
        line["items"].append(rule["target"])
    line["direct"] |= direct
    line["binds_site"] |= rule["binds_site"]
    line["modality"] = _joined(line["modality"], [rule["modality"]], ", ")
    for name in ("bearer", "deadline"):
        if rule[name] and rule[name] not in line[name]:
            line[name] = "; ".join(filter(None, (line[name], rule[name])))
    for name in ("thresholds", "changes", "notes"):
        line[name] += [one for one in rule[name] or () if one not in line[name]]
    if rule["status"] == "suspect":
        line["status"] = "suspect"
