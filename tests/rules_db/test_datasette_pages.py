"""The pages over HTTP: what they show, in both languages, on a day, and that hostile text stays text."""

from __future__ import annotations

import re
import sqlite3
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sample_store import MEASURE, NOTICE, NOW
from served import Site, published

from rules_db.pages.language import strings
from rules_db.publish import publish

TEMPLATES = Path(__file__).resolve().parents[2] / "rules_db" / "templates"
OWN_PAGES = [
    "/",
    "/search",
    "/search?q=备案",
    "/search?q=没有这样的词",
    f"/instrument/{MEASURE}",
    f"/instrument/{MEASURE}?version={MEASURE}-1",
    f"/instrument/{NOTICE}",
    "/rule/rule00000001",
    "/rule/rule00000004",
    "/diff",
    f"/diff?instrument={MEASURE}",
    f"/diff?instrument={NOTICE}",
    "/as-of",
    "/as-of?as_of=2025-01-01",
    "/changes",
    "/changes?kind=threshold_tightened",
    "/coverage",
    "/catalogue",
    "/gaps",
    "/claims",
    "/sources",
    "/about",
]
DATA_PAGES = [
    "/rules",
    "/rules/provision",
    "/rules/provision?_search=备案",
    "/rules/search?q=备案",
    f"/rules/instrument/{MEASURE}",
    "/rules/change_feed",
    "/rules/mapping",
    "/rules?sql=select+1",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(published(tmp_path_factory.mktemp("pages")).public_db)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(published(tmp_path_factory.mktemp("hostile"), hostile=True).public_db)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", OWN_PAGES)
def test_every_page_opens_in_both_languages(site: Site, path: str, language: str) -> None:
    response = site.get(path, headers={"accept-language": language})
    assert response.status_code == 200
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in response.text
    assert "Undefined" not in response.text


@pytest.mark.parametrize("path", ["/rule/nosuchrule", "/instrument/nosuch", "/instrument/%3Cscript%3E"])
def test_an_unknown_address_is_not_found_and_offers_the_search(site: Site, path: str) -> None:
    response = site.get(path)
    assert response.status_code == 404
    assert 'role="search"' in response.text


def test_home_tells_what_changed_what_comes_and_what_is_wrong(site: Site) -> None:
    text = site.get("/").text
    assert "30日内" in text and "15日内" in text
    assert "2026-07-01" in text
    assert "江苏省工业和信息化厅" in text and "not readable since 2026-05-28" in text


def test_search_page_marks_hits_and_keeps_filters(site: Site) -> None:
    text = site.get("/search?q=备案&status=superseded").text
    assert text.count("<mark>备案</mark>") == 2
    assert 'value="superseded" selected' in text


def test_rule_page_marks_its_evidence_in_the_text(site: Site) -> None:
    text = site.get("/rule/rule00000001").text
    bearer = '<mark class="mark-bearer" title="bearer.test">回收网点</mark>'
    assert bearer + '<mark class="mark-cue" title="cue.test">应当</mark>' in text
    assert '<mark class="mark-threshold" title="quantity.test">15日内</mark>' in text
    assert "sha256:abababababababab" in text
    assert "不少于" not in text, "evidence of other rules is not marked here"


def test_rule_page_marks_evidence_where_the_words_stand_now(site: Site) -> None:
    """The version was read in the first text; in the second it stands elsewhere, under another number."""
    now = site.get("/rule/rule00000006").text
    assert "第六条" in now and 'quantity.test">不少于2年</mark>' in now and 'cue.test">应当</mark>' in now
    then = site.get("/rule/rule00000006?as_of=2025-01-01").text
    assert "第五条" in then and 'quantity.test">不少于2年</mark>' in then


def test_rule_that_stays_through_a_revision_is_beside_its_provision_in_both_texts(site: Site) -> None:
    for version, eid in ((f"{MEASURE}-1", "art_5"), (f"{MEASURE}-2", "art_6")):
        text = site.get(f"/instrument/{MEASURE}?version={version}").text
        assert "/rule/rule00000006" in text[text.index(f'id="{eid}"') :], version


def test_diff_page_tells_no_change_of_a_rule_that_stays(site: Site) -> None:
    """Its threshold is recorded with the first text only; in the second it must not look removed."""
    text = site.get(f"/diff?instrument={MEASURE}").text
    summary = text[: text.index("Text side by side")]
    assert "2年" not in summary and summary.count("Tightened") == 3 and "Removed" not in summary


def test_rule_page_on_a_day_shows_the_version_of_that_day(site: Site) -> None:
    assert "30日内</mark>" in site.get("/rule/rule00000001?as_of=2025-01-01").text
    unborn = site.get("/rule/rule00000003?as_of=2025-01-01").text
    assert "was not valid on 2025-01-01" in unborn


def test_instrument_page_on_a_day_shows_the_text_of_that_day(site: Site) -> None:
    text = site.get(f"/instrument/{MEASURE}?as_of=2025-01-01").text
    text = text[text.index('class="law"') :]
    assert "30日内" in text and "15日内" not in text
    assert "No version of this instrument was valid" in site.get(f"/instrument/{MEASURE}?as_of=2020-01-01").text


def test_instrument_page_puts_rules_beside_their_provision(site: Site) -> None:
    text = site.get(f"/instrument/{MEASURE}").text
    article = text[text.index('id="art_3"') : text.index('id="art_4"')]
    assert "/rule/rule00000003" in article and "/rule/rule00000001" not in article


def test_diff_page_tells_typed_changes_first(site: Site) -> None:
    text = site.get(f"/diff?instrument={MEASURE}&from=2023-12-01&to=2026-02-01").text
    assert text.index("Tightened") < text.index("Text side by side")
    assert "<del>30日内</del> → <ins>15日内</ins>" in text
    assert re.search(r'<del class="hunk-wording">30?', text)


def test_diff_takes_dates_ids_and_titles(site: Site) -> None:
    by_id = site.get(f"/diff?instrument={MEASURE}&from={MEASURE}-1&to={MEASURE}-2").text
    by_title = site.get("/diff?instrument=退役动力电池回收管理办法&from=2024-06-01&to=2026-03-01").text
    assert by_id.count("<ins") == by_title.count("<ins") > 0


def test_a_chosen_day_holds_on_all_pages_until_cleared(site: Site) -> None:
    response = site.get("/as-of?as_of=2025-01-01")
    cookie = response.cookies["guiji_as_of"]
    assert "30日内" in site.get("/rule/rule00000001", cookies={"guiji_as_of": cookie}).text
    assert site.get("/search?q=备案", cookies={"guiji_as_of": cookie}).text.count("<mark>备案</mark>") == 2
    cleared = site.get("/as-of?as_of=", cookies={"guiji_as_of": cookie})
    assert "guiji_as_of=" in cleared.headers["set-cookie"] and "Max-Age=0" in cleared.headers["set-cookie"]


@pytest.mark.parametrize("wish", ["yesterday", "2025-13-01", "<script>", "2025-01-01' OR 1=1"])
def test_a_day_that_is_none_is_ignored(site: Site, wish: str) -> None:
    response = site.get("/as-of", params={"as_of": wish})
    assert response.status_code == 200
    assert "Showing what was valid" not in response.text


def test_language_is_remembered_and_never_leads_away(site: Site) -> None:
    response = site.get("/language/zh?next=/search%3Fq%3D备案")
    assert response.status_code == 302
    assert response.headers["location"] == "/search?q=备案"
    assert "规则库" in site.get("/", cookies={"guiji_language": response.cookies["guiji_language"]}).text


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nx: y"]
)
def test_no_redirect_to_other_sites(site: Site, target: str) -> None:
    assert site.get("/language/zh", params={"next": target}).headers["location"] == "/"


def test_sample_data_is_announced_on_every_page(tmp_path: Path) -> None:
    site = Site(published(tmp_path, sample=True).public_db)
    for path in ("/", "/search?q=备案", "/rule/rule00000001", "/rules/provision"):
        assert "Sample data" in site.get(path).text


def test_real_data_carries_no_sample_banner(site: Site) -> None:
    assert "Sample data" not in site.get("/").text


def test_feed_is_atom_with_links(site: Site) -> None:
    response = site.get("/rules/change_feed.atom")
    assert response.status_code == 200
    assert response.text.count("<entry>") == 3
    assert "/rule/rule00000001" in response.text


def test_feed_of_a_store_without_changes_is_valid_too(tmp_path: Path) -> None:
    folder = published(tmp_path)
    with sqlite3.connect(folder.work_db) as store:
        store.execute("DELETE FROM change")
    publish(folder, now=NOW)
    response = Site(folder.public_db).get("/rules/change_feed.atom")
    assert (response.status_code, response.text.count("<entry>")) == (200, 1)


class Tags(HTMLParser):
    """Collects what a browser would take for scripts, handlers, styles and addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str | None] = []
        self.images: list[str | None] = []
        self.handlers: list[str] = []
        self.styles = 0
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "script":
            self.scripts.append(named.get("src"))
        if tag == "img":
            self.images.append(named.get("src"))
        self.styles += (tag == "style") + ("style" in named)
        self.handlers += [name for name in named if name.startswith("on")]
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def tags(text: str) -> Tags:
    parser = Tags()
    parser.feed(text)
    return parser


@pytest.mark.parametrize("path", OWN_PAGES + DATA_PAGES)
def test_hostile_texts_stay_text_everywhere(hostile: Site, path: str) -> None:
    response = hostile.get(path)
    assert response.status_code == 200
    found = tags(response.text)
    assert all(script and script.startswith(("/static/", "/-/static/")) for script in found.scripts), found.scripts
    assert all(image == "/static/guiji.svg" for image in found.images)
    assert found.handlers == []
    assert not any(address.lower().startswith(("javascript:", "data:text")) for address in found.addresses)


def test_hostile_texts_are_really_shown(hostile: Site) -> None:
    """Guards the test above: the markup must be there, as text."""
    for path in (
        "/",
        f"/instrument/{MEASURE}",
        "/rule/rule00000001",
        "/search?q=备案",
        "/changes",
        "/rules/instrument",
    ):
        assert "&lt;script&gt;alert(1)" in hostile.get(path).text, path


def test_hostile_texts_stay_text_in_the_feed(hostile: Site) -> None:
    text = hostile.get("/rules/change_feed.atom").text
    assert "<script>" not in text and "&lt;script&gt;" in text


@pytest.mark.parametrize("path", OWN_PAGES)
def test_own_pages_have_no_inline_script_or_style(site: Site, path: str) -> None:
    found = tags(site.get(path).text)
    assert found.styles == 0
    assert None not in found.scripts


def test_every_key_used_in_templates_has_words() -> None:
    used = set()
    for template in TEMPLATES.rglob("*.html"):
        used |= set(re.findall(r"""\bt\('([a-z_]+\.[a-z_]+)'""", template.read_text(encoding="utf-8")))
    assert used
    assert used <= set(strings())


def test_every_word_is_used() -> None:
    """Sections whose keys are put together (`'status.' ~ value`) are vocabularies; every other key stands somewhere."""
    folders = (
        TEMPLATES,
        TEMPLATES.parent / "pages",
        TEMPLATES.parent / "datasette_plugins",
        TEMPLATES.parent / "export",
    )
    files = (file for folder in folders for file in folder.rglob("*.*") if file.suffix in (".html", ".py"))
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    together = set(re.findall(r"""['"]([a-z_]+)\.[a-z_]*(?:['"] ~|%s|\{)""", source))
    unused = [
        key
        for key in strings()
        if key.split(".")[0] not in together and f"'{key}'" not in source and f'"{key}"' not in source
    ]
    assert unused == []
