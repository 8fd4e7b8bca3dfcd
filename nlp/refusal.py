"""What is not analysed, and why: text, outline and stated head in; nothing out, or `AnalysisRefused`.

The thresholds are far from both sides: over 806 regulations the share of frequent characters is at least 0.32, in
mojibake of any pair of charsets at most 0.04; the text with fewest normative words has five in a thousand characters.
"""

from __future__ import annotations

import re
from enum import StrEnum

from nlp.pipes.references.patterns import OWN_NAMES
from nlp.structure.header import read_head
from nlp.structure.provisions import Outline
from nlp.structure.relations import explains
from nlp.text.normalise import HAN
from rules_db.model import HeadFacts, ProvisionKind


class RefusalCode(StrEnum):
    """Why a document is not analysed."""

    EMPTY = "empty"
    MOJIBAKE = "mojibake"
    NOT_CHINESE = "not_chinese"
    NOT_REGULATION = "not_regulation"


class AnalysisRefused(Exception):  # noqa: N818 (a refusal is an answer, not a fault)
    """A document that can't be read as a regulation. `code` is for programs, the message for people."""

    def __init__(self, code: RefusalCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


LEAST_HAN = 20
"""Fewer Han characters are a bare title, a notice of maintenance or nothing."""
LEAST_HAN_SHARE = 0.2
"""Of Han among letters, digits and Han; tables of limits stay above it."""
MOST_DAMAGED_SHARE = 0.01
"""Of replacement characters: a few damaged signs in a long text are still readable."""
LEAST_FREQUENT_SHARE = 0.1
"""Of the frequent characters among all Han, from `LEAST_FREQUENT_HAN` Han on."""
LEAST_FREQUENT_HAN = 40
LEAST_PROSE_SHARE = 0.5
"""Of characters in lines with a sentence, outside of tables and attachments, when neither title nor number speaks for
the text: pages of links have a line of small print at most."""

MOST_TITLES = 3
MOST_TITLES_SHARE = 0.3
"""More lines than these that are titles make a list of documents, not a document."""

_FREQUENT = re.compile(
    "[的人条第和行应定十当法规管理政民会业以有关部者门设工务国用机市或建二一员保本公生作三施区其责主地事不制位在等对合经单安动府"
    "产全处物发可及构资照四上由进护五为出级依家中监委方大实自水内并提体所下通按时职]"
)
_NORMATIVE = re.compile(
    "应当|不得|必须|务必|禁止|严禁|依法|规定|施行|执行|实施|责令|罚款|负责|按照|根据|依据|主管部门|有关部门|监督|要求|批准|"
    "备案|现将|特此|通知如下|公告如下|决定|加强|不应|鼓励"
)
_HAN = re.compile(f"[{HAN}]")
_WORDLIKE = re.compile(r"[^\W_]")
_SENTENCE = re.compile(r"[^\n。；]{8}[。；]")
LEAST_NAVIGATION = 2
"""Lines of site navigation that make a page one of links."""

_NAVIGATION = re.compile(
    r"(?:网站)?(?:首页|主页)(?:[ |>].*)?$|网站地图|联系我们|关于我们|版权所有|上一页|下一页|返回顶部|登录|注册|更多"
    r"|当前位置|.{0,6}ICP备"
)
_BINDING = re.compile(
    r"应当|不得|必须|务必|禁止|严禁|(?<![相适供反效响对感])应(?![急用对])|暂停|停止|废止|撤销|取消|恢复|延期"
)
"""In a section, however short, or in a short sentence of a notice, these tell a rule from the words around a list."""
_SHORT_SENTENCE = re.compile(r"[^\n。；]{4}[。；]")
_HEAD_LINES = 15
_SHORTEST_TITLE = 6
_LONGEST_TITLE = 150
_DAY = re.compile(r"(?: ?[\[(（])?[0-9]{4}[-年./][0-9]{1,2}.{0,12}$")
_TITLE = re.compile(
    rf"(?:{'|'.join(sorted(OWN_NAMES, key=len, reverse=True))}|函|批复|目录|名单)(?:[（(《].{{0,30}})?$"
)


def refuse_what_is_no_regulation(text: str, outline: Outline, stated: HeadFacts) -> None:
    """Raise `AnalysisRefused` unless `text` can be a regulation, a notice, or an explanation of one. `stated` is what
    page or manifest say."""
    _refuse_unreadable(text)
    provisions = outline.provisions
    if any(provision.kind is ProvisionKind.ARTICLE for provision in provisions):
        return
    body = outline.regions.lines[: outline.regions.end_of_body]
    prose = sum(len(line.text) for line in body if not line.in_table and _SENTENCE.search(line.text))
    total = sum(len(line.text) for line in body if not line.in_table)
    sections = [text[p.start : p.tree_end] for p in provisions if p.kind is ProvisionKind.LEVEL]
    ruled = any(_BINDING.search(section) for section in sections)
    normative = len(_NORMATIVE.findall(text))
    found = read_head(text, outline, stated=stated)
    titles = sum(_is_title(line.text) for line in body)
    listed = titles > MOST_TITLES and titles > MOST_TITLES_SHARE * len(body)
    listed = listed or sum(_NAVIGATION.match(line.text) is not None for line in body) >= LEAST_NAVIGATION
    titled = not listed and (_is_title(stated.title or "") or any(_is_title(line.text) for line in body[:_HEAD_LINES]))
    numbered = bool(stated.document_number or found.document_number)
    levels = len(sections)
    if prose and explains(stated.title):
        return
    if ruled and body and not _SENTENCE.search(body[0].text):
        total -= len(body[0].text)  # a section may be shorter than the title above it
    brief = titled and (
        ruled or any(_SHORT_SENTENCE.search(line.text) and _BINDING.search(line.text) for line in body[1:])
    )
    if not prose and not brief and not (levels >= 2 and normative >= 2):
        message = "no article and no sentence: a list, a navigation page or a fragment"
    elif not normative and not numbered and not titled:
        message = "no article, no title or number of a regulation, and no normative wording"
    elif not titled and not numbered and prose < LEAST_PROSE_SHARE * total:
        message = f"no article, no title of a regulation, and only {prose} of {total} characters are sentences"
    else:
        return
    raise AnalysisRefused(RefusalCode.NOT_REGULATION, message)


def _is_title(line: str) -> bool:
    return _SHORTEST_TITLE <= len(line) <= _LONGEST_TITLE and _TITLE.search(_DAY.sub("", line).rstrip()) is not None


def _refuse_unreadable(text: str) -> None:
    han = len(_HAN.findall(text))
    letters = len(_WORDLIKE.findall(text))
    damaged = text.count("\ufffd")
    if damaged > max(3, MOST_DAMAGED_SHARE * len(text)):
        message = f"{damaged} of {len(text)} characters are damaged: decode the source with the right charset"
        raise AnalysisRefused(RefusalCode.MOJIBAKE, message)
    if letters < LEAST_HAN:
        raise AnalysisRefused(RefusalCode.EMPTY, f"the document has {letters} letters; {LEAST_HAN} are needed")
    if han < LEAST_HAN or han < LEAST_HAN_SHARE * letters:
        message = f"{han} of {letters} letters are Han: this is no Chinese text, or its charset was misread"
        raise AnalysisRefused(RefusalCode.NOT_CHINESE, message)
    frequent = len(_FREQUENT.findall(text))
    if han >= LEAST_FREQUENT_HAN and frequent < LEAST_FREQUENT_SHARE * han:
        message = f"only {frequent} of {han} Han characters are common ones: the charset was misread"
        raise AnalysisRefused(RefusalCode.MOJIBAKE, message)
