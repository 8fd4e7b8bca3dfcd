"""Random valid outlines, printed and parsed again; random text of any kind, parsed without complaint."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.structure.provisions import parse_structure
from nlp.text.normalise import normalise
from rules_db.model import ProvisionKind

DIGITS = "零一二三四五六七八九"
SENTENCES = ("企业应当登记电池。", "网点不得设在居民楼内。", "主管部门可以现场检查。", "记录保存期限不少于三年。")
ITEMS = ("有固定场所；", "有灭火器材；", "有专职人员；", "法律、行政法规规定的其他条件。")


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if number < 10:
        return DIGITS[number]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


@dataclass(frozen=True)
class Item:
    subitems: int


@dataclass(frozen=True)
class Paragraph:
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Article:
    inserted: int
    paragraphs: tuple[Paragraph, ...]
    separator: str


@dataclass(frozen=True)
class Chapter:
    sections: tuple[tuple[Article, ...], ...]
    has_sections: bool


item = st.builds(Item, st.sampled_from((0, 0, 2, 3)))
# A list of one item is no list: two at least.
items = st.one_of(st.just(()), st.lists(item, min_size=2, max_size=12).map(tuple))
paragraph = st.builds(Paragraph, items)
article = st.builds(
    Article,
    st.sampled_from((0, 0, 0, 1, 2)),
    st.lists(paragraph, min_size=1, max_size=3).map(tuple),
    st.sampled_from((" ", "\n", "\u3000")),
)
articles = st.lists(article, min_size=1, max_size=5).map(tuple)
chapter = st.builds(Chapter, st.lists(articles, min_size=1, max_size=3).map(tuple), st.booleans())
regulation = st.lists(chapter, min_size=0, max_size=3).flatmap(
    lambda chapters: st.just(tuple(chapters)) if chapters else articles.map(lambda a: (Chapter((a,), False),))
)


def print_articles(articles: tuple[Article, ...], first: int, lines: list[str], eids: list[str]) -> int:
    number = first
    for one in articles:
        for sub in range(one.inserted + 1):
            label = f"第{chinese(number)}条" + (f"之{chinese(sub)}" if sub else "")
            eid = f"art_{number}" + (f"-{sub}" if sub else "")
            eids.append(eid)
            lines.append(label + one.separator)
            for n, part in enumerate(one.paragraphs, 1):
                print_paragraph(part, f"{eid}__para_{n}", n == 1, lines, eids)
        number += 1
    return number


def print_paragraph(part: Paragraph, eid: str, first: bool, lines: list[str], eids: list[str]) -> None:
    eids.append(eid)
    lead = "网点应当符合下列条件：" if part.items else SENTENCES[len(eids) % len(SENTENCES)]
    if first:
        lines[-1] += lead
    else:
        lines.append(lead)
    for n, point in enumerate(part.items, 1):
        eids.append(f"{eid}__point_{n}")
        lines.append(f"（{chinese(n)}）" + ("下列设备：" if point.subitems else ITEMS[n % len(ITEMS)]))
        for m in range(1, point.subitems + 1):
            eids.append(f"{eid}__point_{n}__subpoint_{m}")
            lines.append(f"{m}.{ITEMS[m % len(ITEMS)]}")


@settings(max_examples=80, deadline=None)
@given(regulation)
def test_a_printed_regulation_is_read_as_it_was(chapters: tuple[Chapter, ...]) -> None:
    lines, eids = ["动力电池回收条例"], ["preface"]
    number = 1
    for n, one in enumerate(chapters, 1):
        if len(chapters) > 1:
            lines.append(f"第{chinese(n)}章 总则与网点")
            eids.append(f"chp_{n}")
        for m, part in enumerate(one.sections, 1):
            if len(chapters) > 1 and one.has_sections:
                lines.append(f"第{chinese(m)}节 一般规定")
                eids.append(f"chp_{n}__sec_{m}")
            number = print_articles(part, number, lines, eids)
    text = normalise("\n".join(lines)).text
    outline = parse_structure(text)
    assert [p.eid for p in outline.provisions] == eids
    assert "".join(text[p.start : p.end] for p in outline.provisions) == text
    assert outline.issues == ()


FORMATS = ("{c}、", "（{c}）", "{n}.", "（{n}）", "{o}")


@st.composite
def notice(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Lines and eIds of a notice whose levels are a random choice of the usual markers, in the usual order."""
    chosen = sorted(draw(st.sets(st.integers(0, 4), min_size=1, max_size=5)))
    lines, eids = ["某某省关于做好电池回收工作的通知", "各市："], ["preface"]

    def write(depth: int, parent: str) -> None:
        for n in range(1, draw(st.integers(2, 3 if depth else 11)) + 1):
            eid = f"{parent}lvl_{n}"
            marker = FORMATS[chosen[depth]].format(c=chinese(n), n=n, o=chr(0x2460 + n - 1))
            lines.append(f"{marker}企业应当登记电池去向。")
            eids.append(eid)
            if draw(st.booleans()):
                lines.append("登记的信息应当真实。")
                eids.append(f"{eid}__para_1")
            if depth + 1 < len(chosen) and draw(st.booleans()):
                write(depth + 1, f"{eid}__")

    write(0, "")
    return lines, eids


@settings(max_examples=80, deadline=None)
@given(notice())
def test_a_printed_notice_is_read_as_it_was(printed: tuple[list[str], list[str]]) -> None:
    lines, eids = printed
    text = normalise("\n".join(lines)).text
    outline = parse_structure(text)
    assert [p.eid for p in outline.provisions] == eids
    assert outline.issues == ()


SOUP = st.text(
    st.one_of(
        st.sampled_from("第条章节编款项目之一二三十百0123（）()、.：；。\n“”附件表录年月日aivxA①②《》 \t有无施行"),
        st.characters(),
    ),
    max_size=300,
)


@settings(max_examples=250, deadline=None)
@given(SOUP)
def test_any_text_has_an_outline_that_tiles_it(source: str) -> None:
    text = normalise(source).text
    provisions = parse_structure(text).provisions
    assert "".join(text[p.start : p.end] for p in provisions) == text
    assert len({p.eid for p in provisions}) == len(provisions)
    known: dict[str, int] = {}
    for p in provisions:
        assert p.start < p.end <= p.tree_end
        assert p.parent is None or known[p.parent] >= p.tree_end
        known[p.eid] = p.tree_end
        assert text[p.start : p.end].replace(" ", "").startswith(p.label) or p.kind is ProvisionKind.ATTACHMENT
