"""Links to controls, evidence and hardware, and what they come to for a site."""

from __future__ import annotations

from collections.abc import Sequence

from rules_db.present.row import Row
from rules_db.terminal import clean, console, counted, print_records, print_table, shortened


def links(found: Sequence[Row]) -> None:
    """`found`: what `mapping.coverage.list_links` gives; suspect ones with both wordings."""
    print_records(counted(len(found), "link"), map(_link, found))


def _link(link: Row) -> tuple[Sequence[object], list[object]]:
    suspect = link["status"] == "suspect"
    lines: list[object] = [link["rationale"]]
    if suspect:
        lines.append(f"reviewed: {link['stamp_statement'] or '(wording no longer held)'}")
        lines.append(f"now:      {link['statement'] or '(no wording in force)'}")
        lines += [f"because:  {cause}" for cause in link["because"]]
    status = f"suspect since {link['suspect_since'][:10]}" if suspect else link["status"]
    return (link["id"], f"{link['place']} → {link['target']}", status), lines


def checklist(found: Row) -> None:
    """`found`: the list of one site as `guiji checklist` makes it; statements are cut, exports have them whole."""
    out = console()
    from rules_db.export.checklist_words import consequences_and_claims, ended, left, news, summary

    out.print(f"[bold]{clean(found['site'])}[/bold] on {found['as_of']}")
    for told in summary(found):
        out.print(clean(told))
    for line in found["ended"]:
        out.print(f"  - no longer: {shortened(ended(line), 160)}")
    for check in found["checks"]:
        out.print(
            f"\n[bold]{check['control']} {clean(check['title'])}[/bold] {clean(check['title_zh'])} ({check['tier']})"
        )
        for rule in check["lines"]:
            marks = ["! suspect"] if rule["status"] == "suspect" else []
            marks += [f"* {news(rule)}"] if news(rule) else []
            marks += [f"! {note}" for note in rule["notes"]]
            mark = "; ".join(marks) + ": " if marks else ""
            statement = shortened(rule["statement"], 160)
            out.print(f"  {clean(mark)}{clean(rule['place'])} {statement} {clean('[' + rule['rule'] + ']')}")
        for told in consequences_and_claims(check):
            out.print(f"  {clean(told)}")
        out.print(f"  evidence: {clean('; '.join(item['title'] for item in check['evidence']))}")
        if check["hardware"]:
            out.print(f"  devices: {clean('; '.join(item['title'] for item in check['hardware']))}")
    for filling in found["local"]:
        out.print(
            f"\nlocal: {clean(filling['title'])}: {clean(filling['reason'])} (《{clean(filling['instrument'])}》)"
        )
    for check in found["left_out"]:
        out.print(f"not here: {clean(left(check))}")


def coverage(found: Sequence[Row]) -> None:
    """`found`: what `mapping.coverage.coverage` gives."""
    columns = ("kind", "id", "title", "tier", "accepted", "suspect", "proposed", "unresolved")
    print_table("Rules linked to the catalogue", columns, ([row[c] for c in columns] for row in found))


def counts(found: Row) -> None:
    """`found`: what `mapping.coverage.counts_by_tier` gives."""
    tiers = ("official", "repost", "press", "claim", "practice")
    rows = ((kind, sum(n.values()), *(n.get(tier, 0) for tier in tiers)) for kind, n in found["counts"].items())
    print_table("By tier", ("kind", "all", *tiers), rows)
    for name in ("controls_without_evidence", "devices_without_ground"):
        console().print(f"{name.replace('_', ' ')}: {clean(', '.join(found[name])) or 'none'}")


def duties(found: Row) -> None:
    """`found`: what `mapping.coverage.uncovered_duties` gives; written reasons are told by reason."""
    columns = ("instrument", "label", "modality", "bearer", "statement")
    print_table(
        f"duties of enterprises without a link or a written reason: {len(found['open'])}",
        columns,
        ([row[c] for c in columns] for row in found["open"]),
    )
    counts = ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in found["counts"].items())
    console().print(f"In {len(found['instruments'])} linked instruments: {counts}.")
    told: dict[tuple[str, str, str], list[str]] = {}
    for row in found["reasoned"]:
        under = f" (kept under {', '.join(row['kept_under'])})" if row["kept_under"] else ""
        places = told.setdefault((row["reason_id"], row["instrument"], row["reason"] + under), [])
        if row["label"] not in places:
            places.append(row["label"])
    for (key, instrument, reason), places in told.items():
        console().print(f"  {clean(key)} 《{clean(instrument)}》{clean('、'.join(places))}: {clean(reason)}")


def assessment(found: Row) -> None:
    """`found`: what `assess.run.assess` gives; at most ten findings a test."""
    out = console()
    counts = ", ".join(f"{count} {outcome}" for outcome, count in found["summary"].items())
    out.print(f"[bold]{clean(found['site'])}[/bold] on {found['as_of']}: {counts}")
    for control in found["controls"]:
        if control["outcome"] == "not applicable":
            continue
        out.print(f"\n[bold]{control['control']} {clean(control['title'])}[/bold]: {control['outcome']}")
        for test in control["tests"]:
            counted = "".join(f", {count} {weight}" for weight, count in test["counts"].items())
            out.print(
                f"  {test['test']} {clean(test['title'])}: {test['outcome']} ({test['examined']} examined{counted})"
            )
            for line in test["limits"]:
                out.print(f"    limit: {clean(line)}")
            for line in test["missing"]:
                out.print(f"    missing: {clean(line)}")
            for finding in test["findings"][:10]:
                _finding(finding)
            if sum(test["counts"].values()) > 10:
                out.print("    … more with --format json")
    for problem in found["problems"]:
        _finding(problem)


def _finding(finding: Row) -> None:
    place = f"{finding['file']}:{finding['line']}" if finding["line"] else finding["file"]
    console().print(f"    {finding['weight']}: {clean(place)}: {clean(finding['why'])}")
