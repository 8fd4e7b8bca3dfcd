"""Renderings: typed changes on top, unchanged provisions folded, law text never read as markup or escape sequence."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from rules_db.diff.compare import diff_expressions
from rules_db.diff.render_html import render_html
from rules_db.diff.render_markdown import escape, render_markdown
from rules_db.diff.render_terminal import Layout, render_terminal
from rules_db.diff.result import InstrumentDiff
from rules_db.diff.view import Language, clean
from rules_db.model import Comparator, ProvisionText, Quantity

HOSTILE = "<script>alert(1)</script> \x1b[31m红\u202e反\u2066 [bold]x[/bold] | a_b *c* `d` :smile: &amp; ​"


def provision(number: int, text: str) -> ProvisionText:
    label = f"第{'一二三四五六七八九'[number]}条"
    return ProvisionText(f"art_{number}", label, f"{label} {text}")


def example(extra: str = "") -> InstrumentDiff:
    shared = ["网点应当公开地址和电话。", "电池应当分类存放。", "信息平台全年运行。", "行业协会可以制定自律规范。"]
    old = [provision(k, text) for k, text in enumerate(shared)]
    new = list(old)
    old.append(provision(4, f"车主交付电池后，企业应当在30日内出具凭证，并告知处置去向{extra}。"))
    new.append(provision(4, f"车主交付电池后，企业应当在20日内出具凭证，并告知处置去向{extra}新。"))
    limits = [
        {"art_4": [Quantity(f"{n}日内", Comparator.LE, n, None, "day", start=new[4].text.index("日内") - 2)]}
        for n in (30, 20)
    ]
    return diff_expressions(
        old, new, *limits, instrument=f"某办法{extra}", old_date="2024-01-01", new_date="2025-01-01"
    )


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("width", [40, 63, 100])
def test_terminal_lines_keep_to_the_width_in_cells(layout: Layout, width: int) -> None:
    from rich.cells import cell_len

    for line in render_terminal(example(), width, layout, colour=False).splitlines():
        assert cell_len(line) <= width


def test_terminal_shows_whole_numbers_typed_changes_first_and_folds_the_rest() -> None:
    shown = render_terminal(example(), colour=False)
    assert "[-30-]{+20+}日内" in shown
    assert shown.index("收紧  第五条") < shown.index("逐条对照 ──")
    assert "第一条 … 第四条 (4): 未变" in shown
    assert shown.count("网点应当公开") == 0


def test_side_by_side_shows_each_side_in_full() -> None:
    squeezed = re.sub(r"[\s│]", "", render_terminal(example(), 120, Layout.SIDE_BY_SIDE, colour=False))
    assert "…" not in squeezed.split("旧┃新")[1]
    assert "[-30-]" in squeezed and "{+20+}" in squeezed


def test_a_terminal_narrower_than_a_sentence_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 40"):
        render_terminal(example(), 20)


def test_no_control_or_direction_character_reaches_a_terminal() -> None:
    plain = render_terminal(example(HOSTILE), 80, colour=False)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", plain)
    assert "[bold]x[/bold]" in plain.replace("\n", "") and ":smile:" in plain.replace("\n", "")
    coloured = render_terminal(example(HOSTILE), 80, colour=True)
    assert "\x1b[31m红" not in coloured
    assert set(re.findall("\x1b(.)", coloured)) == {"["}


def test_html_is_an_inert_balanced_fragment() -> None:
    allowed = {"section", "h2", "h3", "h4", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "article", "p"}
    allowed |= {"small", "del", "ins", "br"}
    opened: list[str] = []
    attributes: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag in allowed
            attributes.update(name for name, _ in attrs)
            if tag != "br":
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    fragment = render_html(example(HOSTILE))
    Reader().feed(fragment)
    assert opened == []
    assert attributes == {"class", "lang"}
    assert "<script" not in fragment and "&lt;script&gt;" in fragment
    assert '<del class="diff-wording">30</del><ins class="diff-wording">20</ins>' in fragment


def test_markdown_escapes_what_it_would_read() -> None:
    shown = render_markdown(example(HOSTILE))
    assert "<script" not in shown and "&lt;script&gt;" in shown
    assert "a\\_b \\*c\\* \\`d\\`" in shown
    assert "<del>30</del><ins>20</ins>日内" in shown
    assert "| 收紧 | 第五条 | 30日内 | 20日内 |" in shown
    assert escape("a|b") == "a\\|b"


@pytest.mark.parametrize("render", [render_terminal, render_html, render_markdown])
def test_equal_versions_say_so(render: object) -> None:
    same = [provision(0, "网点应当公开地址。")]
    shown = render(diff_expressions(same, same), language=Language.EN)  # type: ignore[operator]
    assert "do not differ" in shown


def test_english_words_are_available_throughout() -> None:
    shown = render_terminal(example(), colour=False, language=Language.EN)
    assert "tightened" in shown and "unchanged" in shown
    assert "收紧" not in shown


def test_clean_keeps_law_text_and_drops_what_a_terminal_obeys() -> None:
    assert clean("第一条\u3000电池\n（一）𠮷\x00\x9b2J\u2028") == "第一条\u3000电池\n（一）𠮷2J"


def test_rich_is_loaded_only_when_a_terminal_rendering_is_asked_for() -> None:
    code = "import sys; import rules_db.diff.render_terminal; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
