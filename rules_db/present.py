"""How results look to a person: one function a view, each taking the plain value that `--format json` would write."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rules_db.terminal import clean, console, plain, print_table

if TYPE_CHECKING:
    from rules_db.diff.result import InstrumentDiff
    from rules_db.search import SearchResult

Row = Mapping[str, Any]


def flags(found: Sequence[Row]) -> None:
    rows = (
        (f["score"], f["kind"], f["title"], f["version_date"], "\n".join(r["sentence"] for r in f["reasons"]))
        for f in found
    )
    print_table(f"{len(found)} flagged", ("score", "kind", "title", "date", "why"), rows)


def findings(found: Sequence[Row]) -> None:
    columns = ("check", "outcome", "found", "do")
    print_table("What guiji doctor found", columns, ([finding[c] for c in columns] for finding in found))


def decisions(found: Sequence[Row]) -> None:
    out = console()
    out.print(f"{len(found)} flagged changes")
    for row in found:
        out.print(f"\n[bold]{clean(row['change_id'])}[/bold] {clean(row['kind'])}  [dim]{clean(row['flag'])}[/dim]")
        out.print(f"  {clean(row['title'])} {clean(row['place'])}")
        if row["decided_at"]:
            relevance = "relevant" if row["relevant"] == "yes" else "not relevant"
            facts = (relevance, row["severity"], row["owner"], row["due_on"] and f"until {row['due_on']}")
            out.print(f"  decided: {clean(', '.join(filter(None, facts)))}")


def decision_history(found: Sequence[Row]) -> None:
    columns = ("relevant", "severity", "owner", "due_on", "note")
    rows = (
        (row["n"], row["decided_at"], row["decided_by"], *(row["decision"][column] for column in columns))
        for row in found
    )
    print_table(f"{len(found)} decisions", ("entry", "when", "by", *columns), rows)


def versions(found: Sequence[Row]) -> None:
    columns = ("version_date", "effective_on", "effective_basis", "status", "document_number", "tier", "units", "norms")
    print_table(f"《{found[0]['title']}》", columns, ([version[c] for c in columns] for version in found))


def provisions(found: Row) -> None:
    if "rule" in found:
        columns = ("n", "valid_from", "valid_to", "modality", "bearer", "statement")
        print_table(f"rule {found['rule']}", columns, ([version[c] for c in columns] for version in found["versions"]))
        return
    out = console()
    status = found["standing"] or found["status"]
    out.print(f"[bold]《{clean(found['instrument'])}》[/bold] {found['version_date'] or 'undated'}  {status}")
    out.print(f"[dim]tier: {found['tier']}[/dim]")
    if found["note"]:
        out.print(f"[yellow]{clean(found['note'])}[/yellow]")
    for part in found["pending"]:
        out.print(f"[yellow]not yet in force: {clean(part['label'])}, from {part['effective_on']} on[/yellow]")
        if part["until_then"]:
            out.print(f"[yellow]  until then: {clean(part['until_then'])}[/yellow]")
    for decision in found["outstanding"]:
        out.print(f"[yellow]outstanding amendment: {clean(decision['title'])} {decision['date'] or ''}[/yellow]")
        for instruction in decision["instructions"]:
            out.print(f"[yellow]  {clean(instruction)}[/yellow]")
    for relation in found["relations"]:
        arrow = "→" if relation["direction"] == "to" else "←"
        unknown = "" if relation["instrument_id"] else "  [yellow](not identified)[/yellow]"
        out.print(f"[dim]{arrow} {relation['kind']}[/dim] 《{clean(relation['title'])}》{unknown}")
    for unit in found["units"]:
        out.print(f"\n[bold]{clean(unit['label'])}[/bold] [dim]{clean(unit['container'])}[/dim]\n{clean(unit['text'])}")


def amendments(found: Sequence[Row]) -> None:
    out = console()
    if not found:
        out.print("No amending decision on it is held.")
    for decision in found:
        standing = "outstanding" if decision["outstanding"] else f"checked against {decision['checked_against']}"
        out.print(f"\n[bold]{clean(decision['title'])}[/bold] {decision['date'] or 'undated'}: {clean(standing)}")
        if decision["note"]:
            out.print(f"  [yellow]{clean(decision['note'])}[/yellow]")
        for entry in decision["operations"]:
            words = clean(entry["words"].replace("\n", " ")[:80])
            out.print(f"  [bold]{entry['state']}[/bold] {words}")
            if entry["reason"]:
                out.print(f"    {clean(entry['reason'])}")
            if entry["state"] == "differs":
                out.print(f"    computed  {clean(entry['label'])}: {clean(entry['computed']) or '(nothing)'}")
                out.print(f"    published {clean(entry['label'])}: {clean(entry['published']) or '(nothing)'}")
        if decision["unexplained"]:
            out.print(f"  changed without an instruction: {clean('、'.join(decision['unexplained']))}")


def explanation(found: Row) -> None:
    out = console()
    for version in found["versions"]:
        out.print(f"[bold]《{clean(version['title'])}》{clean(version['label'])}[/bold], version {version['n']}")
        out.print(f"  valid from {version['valid_from'] or 'an unknown day'} to {version['valid_to'] or 'now'}")
        out.print(f"  {version['modality']}, bearer {clean(version['bearer']) or '—'}: {clean(version['statement'])}")
        for item in version["evidence"]:
            place = f"[{item['start']}:{item['end']}]"
            out.print(f"  {item['field']} {clean(item['text'])} {clean(place)} by pattern {clean(item['pattern'])}")
        for item in version["thresholds"]:
            out.print(f"  threshold {clean(item['text'])}: {item['comparator']} {item['value']} {item['unit']}")
        for item in version["sources"]:
            out.print(f"  source {clean(item['url'])} ({item['tier']})\n    sha256 {item['snapshot_sha256']}")
    for item in found["mappings"]:
        out.print(f"  {item['id']} → {item['target_kind']} {item['target_id']}: {item['status']}")


def hits(query: str, result: SearchResult, limit: int) -> None:
    out = console()
    more = f"; the first {limit}:" if result.total > limit else ""
    out.print(f"{result.total} provisions hold “{clean(query)}”{more}")
    for hit in result.hits:
        out.print(
            f"\n[bold]《{clean(hit.instrument_title)}》{clean(hit.label)}[/bold] [dim]{hit.version_date or ''}[/dim]"
        )
        out.print(clean(plain(hit.snippet)))


def comparison(diff: InstrumentDiff, form: str, language: str) -> None:
    """`form`: terminal, side-by-side, markdown or html."""
    from rules_db.diff.render_html import render_html
    from rules_db.diff.render_markdown import render_markdown
    from rules_db.diff.render_terminal import Layout, render_terminal
    from rules_db.diff.view import Language

    words = Language(language)
    if form == "markdown":
        text = render_markdown(diff, words)
    elif form == "html":
        text = render_html(diff, words)
    else:
        out = console()
        layout = Layout.SIDE_BY_SIDE if form == "side-by-side" else Layout.UNIFIED
        text = render_terminal(diff, max(out.width, 40), layout, colour=out.is_terminal, language=words)
    sys.stdout.write(text)


def overlay(found: Sequence[Row]) -> None:
    rows = (
        (
            row["stance"] + (", please check" if row["check"] else ""),
            "、".join(row["national"]),
            "、".join(row["provincial"]),
            "\n".join(row["reasons"]),
        )
        for row in found
    )
    print_table("Province over nation", ("stance", "national", "provincial", "limits and norms"), rows)


def rule_set(found: Sequence[Row]) -> None:
    columns = ("valid_on", "title", "kind", "summary")
    print_table(f"{len(found)} changes", columns, ([change[c] for c in columns] for change in found))


def links(found: Sequence[Row]) -> None:
    columns = ("id", "status", "target", "place", "rationale")
    print_table(f"{len(found)} links", columns, ([link[c] for c in columns] for link in found))
    out = console()
    for link in found:
        if link["status"] == "suspect":
            out.print(f"\n[bold]{link['id']}[/bold] suspect since {link['suspect_since']}")
            out.print(f"  reviewed: {clean(link['stamp_statement']) or '(wording no longer held)'}")
            out.print(f"  now:      {clean(link['statement']) or '(no wording in force)'}")
            for cause in link["because"]:
                out.print(f"  because:  {clean(cause)}")


def review_queue(found: Sequence[Row]) -> None:
    columns = ("rule_id", "title", "label", "modality", "bearer", "confidence", "reason", "statement")
    print_table(f"{len(found)} readings wait for a person", columns, ([row[c] for c in columns] for row in found))


def lineage_queue(found: Sequence[Row]) -> None:
    out = console()
    out.print(f"{len(found)} pairs wait for a person")
    for pair in found:
        dates = f"{pair['from_date'] or 'undated'} → {pair['to_date'] or 'undated'}"
        out.print(f"\n[bold]{pair['id']}[/bold] 《{clean(pair['title'])}》 {dates}, {pair['similarity']:.2f}")
        out.print(f"  [dim]{clean(pair['reason'])}[/dim]")
        if pair["earlier"]:
            out.print(f"  [yellow]{clean(pair['earlier'])}[/yellow]")
        for side, label, text in (("old", pair["old_label"], pair["old"]), ("new", pair["new_label"], pair["new"])):
            out.print(f"  {side} {clean(label) or '(none)'}: {clean(text)}")


def files_to_read(found: Sequence[Row]) -> None:
    columns = ("since", "code", "title", "name", "file", "message")
    print_table(f"{len(found)} files need reading", columns, ([row[c] or "" for c in columns] for row in found))


def checklist(found: Row) -> None:
    out = console()
    from rules_db.export.checklist import ended, news, summary

    out.print(f"[bold]{clean(found['site'])}[/bold] on {found['as_of']}")
    for told in summary(found):
        out.print(clean(told))
    for line in found["ended"]:
        out.print(f"  - no longer: {clean(ended(line))[:160]}")
    for check in found["checks"]:
        out.print(
            f"\n[bold]{check['control']} {clean(check['title'])}[/bold] {clean(check['title_zh'])} ({check['tier']})"
        )
        for rule in check["lines"]:
            marks = ["! suspect"] if rule["status"] == "suspect" else []
            marks += [f"* {news(rule)}"] if news(rule) else []
            mark = "; ".join(marks) + ": " if marks else ""
            out.print(f"  {clean(mark)}{clean(rule['place'])} {clean(rule['statement'])[:160]} [{rule['rule']}]")
        out.print(f"  evidence: {clean('; '.join(item['title'] for item in check['evidence']))}")
        if check["hardware"]:
            out.print(f"  devices: {clean('; '.join(item['title'] for item in check['hardware']))}")
    for filling in found["local"]:
        out.print(
            f"\nlocal: {clean(filling['title'])}: {clean(filling['reason'])} (《{clean(filling['instrument'])}》)"
        )


def coverage(found: Sequence[Row]) -> None:
    columns = ("kind", "id", "title", "tier", "accepted", "suspect", "proposed", "unresolved")
    print_table("Rules linked to the catalogue", columns, ([row[c] for c in columns] for row in found))


def counts(found: Row) -> None:
    tiers = ("official", "repost", "press", "claim", "practice")
    rows = ((kind, sum(n.values()), *(n.get(tier, 0) for tier in tiers)) for kind, n in found["counts"].items())
    print_table("By tier", ("kind", "all", *tiers), rows)
    for name in ("controls_without_evidence", "devices_without_ground"):
        console().print(f"{name.replace('_', ' ')}: {clean(', '.join(found[name])) or 'none'}")


def assessment(found: Row) -> None:
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


def duties(found: Row) -> None:
    columns = ("instrument", "label", "modality", "bearer", "statement")
    print_table(
        f"{len(found['open'])} duties of enterprises without a link or a written reason",
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


def exported(found: Sequence[Row]) -> None:
    print_table(f"{len(found)} files", ("file", "entries"), ((row["file"], row["entries"]) for row in found))


def sources(found: Sequence[Row]) -> None:
    print_table(f"{len(found)} sources", list(found[0]) if found else [], (list(row.values()) for row in found))


def registry_problems(found: Sequence[Row]) -> None:
    rows = ((p["file"], "refused" if p["fatal"] else "look", p["message"]) for p in found)
    print_table(f"{len(found)} remarks on the registry", ("file", "", "message"), rows)


def ingested(result: Row) -> None:
    out = console()
    if not result["new_files"] and not result["new_texts"]:
        out.print(f"{result['files']} files looked at: nothing new, nothing changed.")
    else:
        out.print(f"{result['files']} files looked at, {result['new_files']} new, {result['new_texts']} new texts.")
    _counts(result)
    out.print(f"{len(result['refused'])} refused; {result['seconds']} s")


def crawled(result: Row) -> None:
    columns = ("source_id", "verdict", "reason")
    print_table("Sources", columns, ([verdict[c] for c in columns] for verdict in result["verdicts"]))
    console().print(
        f"{result['new_texts']} new texts, {result['new_changes']} changes, {result['flags']} flagged, "
        f"{len(result['links_turned_suspect'])} links turned suspect, {len(result['refused'])} refused"
    )
    _counts(result)


def daily(report: Row) -> None:
    """What matters of a run; nothing when nothing does."""
    if report["exit_code"] == 0:
        return
    out = console()
    out.print(f"[bold]{clean(report['meaning'])}[/bold]")
    for line in report["gate"]:
        out.print(f"  gate: {clean(line)}")
    for row in report["documents"]:
        facts = f"{row['jurisdiction']}, {row['version_date'] or 'undated'}"
        out.print(f"  [bold]{clean(row['kind'])}[/bold] {clean(row['title'])} ({clean(facts)})")
        weightiest = max(row["reasons"], key=lambda reason: float(reason["weight"]))
        out.print(f"    {clean(weightiest['sentence'])}")
    if report["changes_by_kind"]:
        kinds = ", ".join(f"{kind} {n}" for kind, n in report["changes_by_kind"].items())
        out.print(f"  {len(report['changes'])} changes: {clean(kinds)}")
    if report["links_turned_suspect"]:
        out.print(f"  {len(report['links_turned_suspect'])} links rest on something that moved: guiji map suspect")
    for url in report["withdrawn"]:
        out.print(f"  no longer listed, please look: {clean(url)}")
    for row in report["refused"]:
        out.print(f"  could not be read: {clean(row['file'])}: {clean(row['message'])}")
    for issue in report["issues"]["new"]:
        out.print(f"  new trouble: {clean(issue['message'])}")
    for issue in report["issues"]["over"]:
        out.print(f"  over: {clean(issue['message'])}")
    if report["in_trouble"]:
        out.print(f"  in trouble: {clean(', '.join(report['in_trouble']))}")
    out.print(f"  report: {clean(report['place'])}")


def replayed(found: Row) -> None:
    rows = (
        (f["score"], f["kind"], f["recorded"], f["title"], "\n".join(r["sentence"] for r in f["reasons"]))
        for f in found["flags"]
    )
    print_table(f"{found['day']}: {len(found['flags'])} texts", ("score", "now", "recorded", "title", "why"), rows)
    columns = ("kind", "title", "place", "summary")
    print_table(f"{len(found['changes'])} changes", columns, ([c[k] for k in columns] for c in found["changes"]))
    for recipient, events in found["told"].items():
        told = (
            (event["kind"], event["title"], ", ".join(watch or "" for watch in event["watches"])) for event in events
        )
        print_table(f"{recipient} would be told of {len(events)}", ("kind", "title", "watches"), told)


def notified(outcomes: Sequence[Row]) -> None:
    out = console()
    for outcome in outcomes:
        if outcome["state"] == "dry":
            for message in outcome["messages"]:
                out.print(f"[bold]to {clean(outcome['recipient'])} through {clean(outcome['channel'])}[/bold]")
                out.print(f"[bold]{clean(message['title'])}[/bold]")
                for line in message["body"].splitlines():
                    out.print(clean(line))
                out.print("")
    columns = ("recipient", "channel", "state", "told", "error", "next_try")
    print_table("Told", columns, ([outcome[c] for c in columns] for outcome in outcomes))


def _counts(result: Row) -> None:
    names = ("instruments", "expressions", "provisions", "norms", "thresholds", "rules", "changes")
    console().print("The store holds " + ", ".join(f"{result[name]:,} {name}" for name in names) + ".")


def demo(report: Row, port: int) -> None:
    """What the two scripted days came to: flagged and why, thresholds compared, what did not alarm, what broke."""
    out = console()
    out.rule("Guiji demo: sample data, invented for the purpose (示例数据)")
    out.print("\n[bold]Day 2: flagged, and why[/bold]")
    for flag in report["flags"]:
        out.print(f"  [bold]{clean(flag['kind'])}[/bold] {clean(flag['title'])} (score {flag['score']})")
        for reason in flag["reasons"]:
            out.print(f"    · {clean(reason['sentence'])}")
    out.print("\n[bold]Day 2: limits that changed[/bold]")
    rows = []
    for change in report["thresholds"]:
        before, after = (change["detail"][side] for side in ("old", "new"))
        texts = [side["text"] if side else "—" for side in (before, after)]
        rows.append((change["from_label"], change["to_label"], *texts, change["detail"]["direction"]))
    print_table(report["rule"], ("before", "after", "was", "is", "direction"), rows)
    out.print("\n[bold]Links to controls and hardware that turned suspect[/bold]")
    for link in report["suspect"]:
        out.print(f"  {link['id']} {clean(link['place'])} → {clean(link['target'])}")
    out.print("\n[bold]Fetched again on day 2 and rightly silent[/bold]")
    for title in report["silent"]:
        out.print(f"  {clean(title)}")
    out.print("\n[bold]Sources[/bold]")
    for verdict in report["verdicts"]:
        out.print(f"  {clean(verdict['source_id'])}: {clean(verdict['verdict'])}, {clean(verdict['reason'])}")
    base = f"http://127.0.0.1:{port}"
    out.print("\n[bold]Open[/bold]")
    rule = f"/rule/{report['rule_id']}"
    for path in ("/", "/search?q=溯源", "/changes", rule, report["diff_path"], "/coverage", "/sources"):
        out.print(f"  {base}{path}")
    out.print("\nThe same in the terminal, for instance:")
    out.print(f"  guiji diff {report['rule']} --from 2025-11-10 --to 2026-05-25 --data {clean(report['data'])}")
    out.print(f"  guiji flags --data {clean(report['data'])}    guiji map suspect --data {clean(report['data'])}")


def deadline(found: Row) -> None:
    out = console()
    out.print(f"[bold]{found['due']}[/bold]  {clean(found['limit'])} from {found['from']}")
    for note in found["assumptions"]:
        out.print(f"  {clean(note)}")


def extraction_delta(delta: Any) -> None:
    """`delta`: counts and examples of what a pipeline reads differently (nlp.evaluate.Delta)."""
    out = console()
    out.print(", ".join(f"{count} {name}" for name, count in delta.counts.items()))
    for name in ("added", "lost", "changed"):
        for line in getattr(delta, name):
            out.print(f"{name}: {clean(line)}")
