"""Real regulation texts, laid out as pages and files of every format, come back paragraph by paragraph."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from file_builders import TextAt, doc, docx, ofd, p, pdf

from crawler.convert import convert
from rules_db.model import ConvertedDocument

NAVIGATION = "<div class='nav'><ul>" + "<li><a href='/zwgk/'>政务公开栏目</a></li>" * 60 + "</ul></div>"
FOOTER = "<div class='foot'>主办单位：某厅　网站标识码：1234567890</div>"
LINE, LEFT, EM = 28, 80.0, 16.0
HANGING = "。；，、：）"


@pytest.fixture(scope="module")
def originals(shared: Path) -> list[ConvertedDocument]:
    paths = sorted((shared / "corpus" / "texts").glob("*.md"))[::40]
    return [convert(path.read_bytes(), name=path.name) for path in paths]


def paragraphs(document: ConvertedDocument) -> list[str]:
    return [block.text for block in document.blocks]


def test_pages_with_and_without_a_known_container(originals: list[ConvertedDocument]) -> None:
    for original in originals:
        body = "".join(f"<p>{escape(text)}</p>" for text in paragraphs(original))
        for opening in ("<div id='zoom'>", "<div class='q'>"):
            page = f"<html><body>{NAVIGATION}{opening}{body}</div>{FOOTER}</body></html>"
            for codec in ("utf-8", "gb18030"):
                assert paragraphs(convert(page.encode(codec), name="a.html")) == paragraphs(original)


def test_word_and_text_files(originals: list[ConvertedDocument]) -> None:
    for original in originals:
        texts = paragraphs(original)
        files = {"a.docx": docx("".join(map(p, texts))), "a.txt": "\n".join(texts).encode("gb18030")}
        if sum(map(len, texts)) < 25_000:
            files["a.doc"] = doc("\r".join(texts) + "\r")
        for name, data in files.items():
            document = convert(data, name=name)
            assert paragraphs(document) == texts
            assert document.head.title == original.head.title


def typeset(texts: list[str], em: float, left: float) -> list[list[TextAt]]:
    """Pages of 22 lines of 28 characters, first lines indented by two, punctuation hanging over the right edge."""
    rows: list[tuple[float, str]] = []
    for text in texts:
        width, x = LINE - 2, left + 2 * em
        while text:
            cut = width + (1 if text[width : width + 1] and text[width] in HANGING else 0)
            rows.append((x, text[:cut]))
            text, width, x = text[cut:], LINE, left
    pages: list[list[TextAt]] = []
    for at in range(0, len(rows), 22):
        page = [(x, (6 + 1.75 * n) * em, em, text) for n, (x, text) in enumerate(rows[at : at + 22])]
        pages.append([*page, (17 * em, 48 * em, 0.75 * em, f"— {len(pages) + 1} —")])
    return pages


@pytest.mark.parametrize(("name", "em", "left"), [("a.pdf", EM, LEFT), ("a.ofd", 5.0, 25.0)])
def test_typeset_pages_in_the_official_format(
    originals: list[ConvertedDocument], name: str, em: float, left: float
) -> None:
    found = total = 0
    for original in originals[::2]:
        texts = [text.replace(" ", "").replace("　", "") for text in paragraphs(original)[1:]]
        pages = typeset(texts, em, left)
        document = convert(pdf(pages) if name == "a.pdf" else ofd(pages), name=name)
        found += len(set(texts) & set(paragraphs(document)))
        total += len(set(texts))
    assert total > 500
    assert found >= 0.99 * total
