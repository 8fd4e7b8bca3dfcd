"""`guiji sources check ID`: what is told of a site at each step, on local servers in health and in trouble."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from recording import NOW, RecordingServer, Reply, document, rows, write_source
from test_crawl import site

from cli import main
from crawler.registry import RegistryError
from crawler.trial import FAILED, LOOK, OK, Trial, try_source

TITLE = "关于动力电池溯源的通知"


def trial(tmp_path: Path) -> Trial:
    return try_source(tmp_path / "sources", "a", NOW, allow_loopback=True)


def steps(tried: Trial) -> dict[str, tuple[str, str]]:
    """The first step of each name: outcome and words."""
    return {step.step: (step.outcome, step.found) for step in reversed(tried.steps)}


def test_every_step_of_a_healthy_site_is_told(tmp_path: Path, server: RecordingServer) -> None:
    site(server, count=5)
    pager = '<script>createPageHTML(2, 0, "index", "html", 6);</script>'
    listed = [
        ("./202605/t20260520_8.html", "关于食堂采购的公告", "2026-05-20"),
        ("./202605/t20260519_9.html", TITLE, "2026-05-19"),
    ]
    server.pages["/tzgg/"] = Reply(rows(listed, pager), etag='"v1"')
    server.pages["/tzgg/index_1.html"] = Reply(rows([("./202605/t20260510_0.html", "另一份通知文件", "2026-05-10")]))
    text = (
        "为规范退役动力电池的管理，回收服务网点应当在30日内报送信息，并保存记录不少于三年，逾期不报的由主管部门责令改正。"
        * 3
    )
    page = document(text, '<a href="./P0202605.pdf">附件：信息表.pdf</a>')
    server.pages["/tzgg/202605/t20260519_9.html"] = Reply(page)
    server.pages["/tzgg/202605/P0202605.pdf"] = Reply(b"%PDF-1.4 of no page", media_type="application/pdf")
    write_source(
        tmp_path / "sources", "a", server.url, fetch="topic", selectors={"row": "ul li", "body": ".TRS_Editor"}
    )
    tried = trial(tmp_path)
    told = steps(tried)
    assert told["robots"] == (OK, "robots.txt allows the list, or there is none")
    assert (
        "HTTP 200" in told["list, screen 1"][1]
        and "read as utf-8; may be asked with its validators" in told["list, screen 1"][1]
    )
    assert told["rows"] == (OK, "rows: 2, dated: 2; found by selector 'ul li'")
    assert told["entry"][1].startswith("2026-05-20  关于食堂采购的公告  http://")
    assert told["topic"] == (OK, "1 of 2 rows would be fetched (topic)")
    assert told["paging"] == (OK, f"6 rows in all, next screen {server.url}/tzgg/index_1.html")
    assert (OK, "new on screen 2: 1 of 1 rows") in [(step.outcome, step.found) for step in tried.steps]
    assert "t20260519_9.html" in told["document"][1], "the document of the field, not the first of the list"
    assert "body found by selectors.body of the registry" in told["text"][1]
    assert told["file"][0] == OK
    assert told["text of file"][0] == FAILED
    assert tried.verdict.verdict == "ok"
    asked = [path for path in server.paths() if path != "/robots.txt"]
    assert len(asked) == 4, "two screens, one document, one file"


OTHER_FAMILY = "<html><body><script>var _CONFIG = {SID: 1}; /gkmlpt/</script></body></html>"
# What the list answers, the step that fails, what it says, the verdict.
TROUBLES = {
    "challenge": (Reply("<script>$_ts=window['$_ts'];</script>", 412), "list, screen 1", "script challenge", "blocked"),
    "gone": (Reply("no", 404), "list, screen 1", "HTTP 404, gone", "broken"),
    "no rows": (Reply("<html><body><div class='empty'></div></body></html>"), "rows", "no rows", "broken"),
    "other family": (Reply(OTHER_FAMILY), "rows", "marks of gkmlpt", "broken"),
}


@pytest.mark.parametrize("case", TROUBLES)
def test_a_trouble_is_told_where_it_is(tmp_path: Path, server: RecordingServer, case: str) -> None:
    reply, step, words, verdict = TROUBLES[case]
    server.pages["/tzgg/"] = reply
    write_source(tmp_path / "sources", "a", server.url)
    tried = trial(tmp_path)
    assert steps(tried)[step][0] == FAILED
    assert words in steps(tried)[step][1]
    assert tried.verdict.verdict == verdict


def test_robots_that_forbid_are_told_and_obeyed(tmp_path: Path, server: RecordingServer) -> None:
    site(server)
    server.pages["/robots.txt"] = Reply("User-agent: *\nDisallow: /tzgg/\n")
    write_source(tmp_path / "sources", "a", server.url)
    tried = trial(tmp_path)
    assert steps(tried)["robots"] == (FAILED, "robots.txt disallows this address")
    assert server.paths() == ["/robots.txt"]


def test_a_selector_that_no_longer_matches_and_a_body_that_was_guessed_are_for_a_person(
    tmp_path: Path, server: RecordingServer
) -> None:
    site(server, count=2)
    for path in list(server.pages):
        if "/t2026" in path:
            server.pages[path] = Reply(
                "<html><body><div><p>" + "企业应当在30日内报送动力电池信息。" * 20 + "</p></div></body></html>"
            )
    write_source(tmp_path / "sources", "a", server.url, selectors={"row": "ul.renamed li"})
    told = steps(trial(tmp_path))
    assert told["rows"][0] == LOOK
    assert "selector 'ul.renamed li' found nothing" in told["rows"][1]
    assert told["text"][0] == LOOK
    assert "state selectors.body" in told["text"][1]


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["sources", "check", *arguments], catch_exceptions=False)


def test_the_command_tells_steps_and_keeps_what_came(tmp_path: Path, server: RecordingServer) -> None:
    site(server)
    registry = str(write_source(tmp_path / "sources", "a", server.url))
    kept = tmp_path / "kept"
    found = run("a", "--sources", registry, "--loopback", "--keep", str(kept), "--format", "json")
    (told,) = json.loads(found.stdout)
    assert {"robots", "rows", "document", "text"} <= {step["step"] for step in told["steps"]}
    assert (kept / "work.db").exists()
    again = run("a", "--sources", registry, "--loopback", "--keep", str(kept))
    assert again.exit_code == 2
    assert "exists; name a new folder" in again.stderr
    shown = run("a", "--sources", registry, "--loopback")
    assert "通知公告" in shown.stdout and "found by" in shown.stdout


def test_wrong_ids_and_sources_that_are_not_crawled_are_refused_in_one_line(tmp_path: Path) -> None:
    write_source(tmp_path / "sources", "a", "http://a.gov.cn", status="blocked")
    for source_id, words in (
        ("nobody", "no source 'nobody'"),
        ("a", "source a is blocked: A source of the test suite"),
    ):
        found = run(source_id, "--sources", str(tmp_path / "sources"))
        assert found.exit_code == 2
        assert words in found.stderr
    with pytest.raises(RegistryError):
        try_source(tmp_path / "sources", "nobody", NOW)
