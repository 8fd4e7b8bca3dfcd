"""Help for the people who keep the registry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from recording import write_source
from test_platforms_fixtures import read_as_expected

from cli import main
from crawler.onboarding import check, draft
from crawler.platforms.detect import families
from crawler.registry import BUNDLED, RegistryError, load_sources

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "sources"


def test_the_bundled_registry_has_no_fatal_problem():
    assert [problem for problem in check(BUNDLED) if problem.fatal] == []


def test_all_problems_are_told_at_once(tmp_path):
    write_source(tmp_path, "a", "http://a.gov.cn", grade="Z")
    write_source(tmp_path, "b", "http://b.gov.cn", selectors={"row": "li["})
    write_source(tmp_path, "c", "http://c.gov.cn", selectors={"detail_pattern": "(["})
    write_source(tmp_path, "d", "http://d.gov.cn")
    write_source(tmp_path, "e", "http://d.gov.cn", fetch="list")
    found = {(problem.file, problem.fatal) for problem in check(tmp_path)}
    assert found == {("a.yml", True), ("b.yml", True), ("c.yml", True), ("e.yml", False)}
    messages = " ".join(problem.message for problem in check(tmp_path))
    for words in ("'Z'", "no CSS selector", "no regular expression", "share one pace", "no column fetches"):
        assert words in messages


def test_a_missing_folder_is_a_problem(tmp_path):
    assert [problem.fatal for problem in check(tmp_path / "none")] == [True]


CASES = [
    ("gxt-110000/list", "trs"),
    ("gxt-320000/list", "jpage"),
    ("gxt-440000/config", "gkmlpt"),
    ("gxt-210000/list", "ts_dir"),
    ("gxt-230000/list", "ucap"),
    ("miit/frame", "jpaas"),
    ("openstd/list", "openstd"),
]


@pytest.mark.parametrize(("case", "platform"), CASES, ids=[case for case, _ in CASES])
def test_families_are_told_from_their_marks(case, platform):
    markup = (FIXTURES / case / "input.html").read_text(encoding="utf-8")
    assert families(markup)[0] == platform


def test_a_page_without_marks_names_no_family():
    assert families("<html><a href='/about.html'>关于我们</a></html>") == ()


def test_a_draft_reads_the_saved_page_and_is_a_valid_source(tmp_path):
    page = (FIXTURES / "gxt-110000" / "list" / "input.html").read_bytes()
    made = draft(
        "new-1", "https://gxj.example.gov.cn/tzgg/", name="示例市工信局", jurisdiction="990100", saved_page=page
    )
    assert (made.platform, len(made.entries)) == ("trs", 4)
    assert made.entries[0].url == "https://gxj.example.gov.cn/tzgg/202603/t20260318_1000.html"
    (tmp_path / "new-1.yml").write_text(made.text, encoding="utf-8")
    (source,) = load_sources(tmp_path)
    assert (source.name_zh, source.status, source.grade) == ("示例市工信局", "unverified", "C")
    assert any("4 rows found, 4 dated" in remark for remark in made.remarks)


def test_a_draft_without_a_page_says_that_it_guesses():
    made = draft("new-1", "https://gxj.example.gov.cn/tzgg/", name="示例市工信局", jurisdiction="990100")
    assert made.platform == "listing"
    assert any("guess" in remark for remark in made.remarks)
    assert yaml.safe_load(made.text)["columns"][0]["confidence"] == "unknown"


@pytest.mark.parametrize(
    "case", ["gxt-430000/list", "gxt-320000/list", "miit/frame", "openstd/list", "gxt-440000/config"]
)
def test_a_scaffolded_source_passes_the_generic_test_with_none_of_the_sites_words(tmp_path, case):
    """YAML and fixture as `guiji sources new` writes them, walked by the test that walks all fixtures."""
    meta = yaml.safe_load((FIXTURES / case / "meta.yml").read_text(encoding="utf-8"))
    page = next((FIXTURES / case).glob("input.*"))
    out, fixtures = tmp_path / "sources", tmp_path / "fixtures"
    out.mkdir()
    arguments = ["sources", "new", "new-1", meta["url"], "--name", "示例市工信局", "--jurisdiction", "990100"]
    made = CliRunner().invoke(
        main, [*arguments, "--page", str(page), "--out", str(out), "--fixture", str(fixtures)], catch_exceptions=False
    )
    assert made.exit_code == 0, made.output
    (source,) = load_sources(out)
    assert source.level == "municipal"
    read_as_expected(fixtures / "new-1" / "list", source)
    (written,) = (fixtures / "new-1" / "list").glob("input.*")
    words = set(re.findall(r"[\u4e00-\u9fff]{6,}", page.read_text(encoding="utf-8")))
    assert words
    assert [word for word in words if word in written.read_text(encoding="utf-8")] == []
    again = CliRunner().invoke(main, [*arguments, "--page", str(page), "--out", str(out)])
    assert again.exit_code == 2
    assert "exists; choose another" in again.output


def test_a_fixture_needs_a_page_and_a_draft_a_real_code(tmp_path):
    arguments = ["sources", "new", "new-1", "https://gxj.example.gov.cn/tzgg/", "--name", "示例市工信局"]
    without = CliRunner().invoke(main, [*arguments, "--jurisdiction", "990100", "--fixture", str(tmp_path)])
    assert without.exit_code == 2
    assert "give it with --page" in without.output
    code = CliRunner().invoke(main, [*arguments, "--jurisdiction", "99"])
    assert code.exit_code == 2
    assert "Error: jurisdiction: '99'" in code.output


@pytest.mark.parametrize(
    ("source_id", "url"), [("A B", "https://a.gov.cn/"), ("../x", "https://a.gov.cn/"), ("a", "file:///x")]
)
def test_unusable_drafts_are_refused(source_id, url):
    with pytest.raises(RegistryError):
        draft(source_id, url, name="示例", jurisdiction="990100")
