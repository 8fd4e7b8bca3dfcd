"""What a run, an export or a check came to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rules_db.present.row import Row
from rules_db.terminal import clean, console, counted, print_records, print_table


def ingested(result: Row) -> None:
    """`result`: what came of files or of the register."""
    out = console()
    if not result["new_files"] and not result["new_texts"]:
        out.print(f"{counted(result['files'], 'file')} looked at: nothing new, nothing changed.")
    else:
        texts = counted(result["new_texts"], "new text")
        out.print(f"{counted(result['files'], 'file')} looked at, {result['new_files']} new, {texts}.")
    _counts(result)
    out.print(f"{len(result['refused'])} refused; {result['seconds']} s")


def crawled(result: Row) -> None:
    """`result`: what came of a crawl, with the verdict of each source."""
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
    """`found`: what a replay of a day gives; the kind of then is told where it was another."""
    flags = (
        (
            (
                f["score"],
                f["kind"] + ("" if f["kind"] == f["recorded"] else f" (recorded: {f['recorded']})"),
                f["title"],
            ),
            [f"· {reason['sentence']}" for reason in f["reasons"]],
        )
        for f in found["flags"]
    )
    print_records(f"{found['day']}: {counted(len(found['flags']), 'text')}", flags)
    changes = (((c["kind"], f"《{c['title']}》{c['place']}"), (c["summary"],)) for c in found["changes"])
    print_records(f"\n{counted(len(found['changes']), 'change')}", changes)
    for recipient, events in found["told"].items():
        told = (((event["kind"], event["title"], ", ".join(filter(None, event["watches"]))), ()) for event in events)
        print_records(f"\n{recipient} would be told of {len(events)}", told)


def notified(outcomes: Sequence[Row]) -> None:
    """`outcomes`: one a recipient and channel; the messages themselves after a dry run."""
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


def findings(found: Sequence[Row]) -> None:
    """`found`: what `doctor.examine` gives; each finding that is not well says what to do."""
    records = (
        ((finding["outcome"].ljust(4), f"{finding['check']}: {finding['found']}"), (finding["do"],))
        for finding in found
    )
    print_records("What guiji doctor found", records)


def sources(found: Sequence[Row]) -> None:
    """`found`: the registry with the last good run of each source."""
    print_table(counted(len(found), "source"), list(found[0]) if found else [], (list(row.values()) for row in found))


def source_trials(found: Sequence[Row]) -> None:
    """Steps in their order; a column's name only where it begins."""
    out = console()
    for trial in found:
        column = ""
        for step in trial["steps"]:
            if step["column"] != column:
                column = step["column"]
                out.print(f"\n[bold]{clean(column)}[/bold]")
            out.print(f"  {step['outcome']:6}  {clean(step['step']):16}  {clean(step['found'])}", soft_wrap=True)
        out.print(
            f"\n{clean(trial['source_id'])}: [bold]{trial['verdict']}[/bold], {clean(trial['reason'])}", soft_wrap=True
        )


def registry_problems(found: Sequence[Row]) -> None:
    """`found`: what `crawler.onboarding.check` gives."""
    records = ((("refused" if p["fatal"] else "look", p["file"]), (p["message"],)) for p in found)
    print_records(counted(len(found), "remark") + " on the registry", records)


def exported(found: Sequence[Row]) -> None:
    """`found`: the files written, with their number of entries."""
    print_table(counted(len(found), "file"), ("file", "entries"), ((row["file"], row["entries"]) for row in found))


def extraction_delta(delta: Any) -> None:
    """`delta`: counts and examples of what a pipeline reads differently (nlp.evaluate.Delta)."""
    out = console()
    out.print(", ".join(f"{count} {name}" for name, count in delta.counts.items()))
    for name in ("added", "lost", "changed"):
        for line in getattr(delta, name):
            out.print(f"{name}: {clean(line)}")


def _counts(result: Row) -> None:
    names = ("instrument", "expression", "provision", "norm", "threshold", "rule", "change")
    console().print("The store holds " + ", ".join(counted(result[f"{name}s"], name) for name in names) + ".")
