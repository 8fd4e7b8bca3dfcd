"""What a text is about another document: it issues, interprets, drafts it, or announces something under it.

Text, outline and head in; `TextEffect` values out, beside those of effects.py, which say what a text does to the law.
Recognised by titles (《…》解读, 关于…的公示, …征求意见稿, 关于印发《…》的通知); the document is named by the title in
《》 with the number behind it, else by what the title says without its own words, else by the first citation in the
text. A link on the page under that name goes along as evidence. Nothing here decides which instrument is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nlp.pipes.references.patterns import OWN_NAMES
from nlp.structure.provisions import Outline
from rules_db.model import AttachmentRef, EffectKind, HeadFacts, ProvisionKind, Span, TextEffect
from rules_db.typography import comparison_key

_QUOTED = re.compile(r"[《〈](?P<title>[^《》\n]{2,120})[》〉]")
_NUMBER = re.compile(
    r"(?:（[^（）]{0,20}版?）)?[（(](?P<number>[\u4e00-\u9fffA-Za-z]{1,20}[〔\[（(][0-9]{4}[〕\]）)][0-9]{1,5}号"
    r"|[\u4e00-\u9fff、 ]{1,40}(?:令|公告)(?:[0-9]{4}年)?第[0-9]{1,5}号)"
)
_RULE_NAME = "|".join(sorted(OWN_NAMES, key=len, reverse=True))
# 说明 explains a document only where one is named (《…》的说明, …办法说明): 使用说明, 认定说明 speak for themselves.
_EXPLAINS = re.compile(
    r"(?:政策|文件|权威|专家|图文|图表)?(?:解读|解析|图解|释义)(?:之[一二三四五六七八九十]|（[^（）]{1,20}）|[一二三四五六七八九十])?$"
    rf"|(?:(?:编制|起草|修订|政策)|(?:[》〉]|{_RULE_NAME})(?:（[^（）]{{1,20}}）)?的?)说明$"
    r"|(?:政策)?问答$|答记者问$|^一图读懂|^图解|^(?:政策|文件)?解读[：:丨｜|]"
)

_EXPLAINED = re.compile(
    r"^(?:一图读懂|图解|(?:政策|文件)?解读)?[：:丨｜| ]*(?:关于)?(?P<title>.{4,120}?)(?:的)?"
    r"(?:政策|文件|权威|专家|图文)?"
    r"(?:解读|解析|图解|释义|(?:编制|起草|修订|政策)?说明|(?:政策)?问答|答记者问)?(?:之[一二三四五六七八九十]|（[^（）]{1,20}）)?$"
)
_NAMES = re.compile(rf"(?:{_RULE_NAME})(?:（[^（）]{{1,20}}）)?$")
_NOTICE = re.compile(r"的(?:通知|公告|通告|意见|决定|函|批复)$")
_ANNOUNCES = re.compile(r"的?公示$|(?:名单|名录|结果|目录)(?:（[^（）]{1,30}）)?的?(?:公告|通告|公示|通知)$")
_UNDER = re.compile(r"(?:根据|按照|依据|依照)[^。；\n]{0,60}?(?=《)")
_DRAFT_MARK = re.compile(r"（[^（）]{0,10}(?:征求意见稿|送审稿)）|（[^（）]{0,6}草案[^（）]{0,8}）")
_CONSULTS = re.compile(r"(?:征求|征集)(?!意见稿).{0,200}意见")
_ISSUES = re.compile(r"(?:印发|公布|发布|颁布|下发)(?:实施|施行)?(?=[《〈])")
_ORIGINAL = re.compile(r"(?:政策|文件)?原文|(?:相关|关联|对应)(?:政策|文件)")
_HEAD_CHARACTERS = 1500
_LONGEST_TITLE = 300


def explains(title: str | None) -> bool:
    """Whether a document with this title explains another one: what it says of duties is no law."""
    return bool(title) and len(title or "") <= _LONGEST_TITLE and _EXPLAINS.search(_plain(title or "")) is not None


def find_relations(text: str, outline: Outline, head: HeadFacts) -> list[TextEffect]:
    """Relations of the document, each target once per kind. Spans are empty where only the page's title says it."""
    title = _plain(head.title or "")
    if not title or len(title) > _LONGEST_TITLE:
        return []
    found: dict[tuple[EffectKind, str], TextEffect] = {}
    for effect in _relations(text, outline, title):
        link = _link_to(effect.target_title, head.links)
        linked = TextEffect(effect.kind, effect.span, effect.target_title, effect.target_number, target_url=link)
        if comparison_key(effect.target_title) != comparison_key(title):
            found.setdefault((effect.kind, comparison_key(effect.target_title)), linked)
    return list(found.values())


def _relations(text: str, outline: Outline, title: str) -> Iterator[TextEffect]:
    if explains(title):
        yield from _explained(text, title)
        return
    if _DRAFT_MARK.search(title) or _CONSULTS.search(title):
        yield from _drafted(text, title)
        return
    issued = _ISSUES.search(title)
    if issued is not None and not _holds_rule(outline):
        for match in _QUOTED.finditer(title, issued.end()):
            yield _effect(EffectKind.ISSUES, text, match["title"], _number_behind(title, match.end()))
    if _ANNOUNCES.search(title):
        named = list(_QUOTED.finditer(title))
        if named:
            for match in named:
                yield _effect(EffectKind.ANNOUNCES, text, match["title"], _number_behind(title, match.end()))
        else:
            yield from _grounds(text)


def _explained(text: str, title: str) -> Iterator[TextEffect]:
    named = list(_QUOTED.finditer(title))
    if named:
        for match in named:
            yield _effect(EffectKind.INTERPRETS, text, match["title"], _number_behind(title, match.end()))
        return
    bare = _EXPLAINED.match(title)
    name = bare["title"].strip() if bare is not None else ""
    if _NAMES.search(name):
        about = "关于" if _NOTICE.search(name) and f"关于{name}" in title else ""
        yield _effect(EffectKind.INTERPRETS, text, about + name, None)
        return
    first = _QUOTED.search(text, 0, _HEAD_CHARACTERS)
    if first is not None:
        span = Span(first.start(), first.end(), first.group(), "interprets")
        yield TextEffect(EffectKind.INTERPRETS, span, first["title"], _number_behind(text, first.end()))


def _drafted(text: str, title: str) -> Iterator[TextEffect]:
    """A draft, and what asks for comments on it, lead to the instrument that it is to become or to revise."""
    for match in _QUOTED.finditer(title):
        yield _effect(EffectKind.DRAFTS, text, _DRAFT_MARK.sub("", match["title"]), None)
    if "《" not in title and not _CONSULTS.search(title):
        yield _effect(EffectKind.DRAFTS, text, _DRAFT_MARK.sub("", title), None)


def _grounds(text: str) -> Iterator[TextEffect]:
    """The first grounds of an announcement: 根据《…》（…号）."""
    ground = _UNDER.search(text, 0, _HEAD_CHARACTERS)
    if ground is None:
        return
    stop = min((end for mark in "。；\n" if (end := text.find(mark, ground.end())) >= 0), default=len(text))
    for match in _QUOTED.finditer(text, ground.end(), min(stop, ground.end() + 300)):
        span = Span(match.start(), match.end(), match.group(), "announces")
        yield TextEffect(EffectKind.ANNOUNCES, span, match["title"], _number_behind(text, match.end()))


def _effect(kind: EffectKind, text: str, target: str, number: str | None) -> TextEffect:
    """The span is the first place where the text names the target; its number may stand there."""
    name = target.strip()
    at = text.find(f"《{name}》", 0, _HEAD_CHARACTERS)
    if at < 0:
        return TextEffect(kind, Span(0, 0, "", "title_of_source"), name, number)
    end = at + len(name) + 2
    return TextEffect(kind, Span(at, end, text[at:end], kind.value), name, number or _number_behind(text, end))


def _number_behind(text: str, end: int) -> str | None:
    match = _NUMBER.match(text, end, end + 120)
    return re.sub(r"[\[（(](\d{4})[\]）)]", r"〔\1〕", match["number"]).replace(" ", "") if match else None


def _holds_rule(outline: Outline) -> bool:
    """Whether the text holds what it issues: articles, a letter that covers the rule, or an attachment in passages."""
    if outline.regions.cover:
        return True
    return any(
        provision.kind is ProvisionKind.ARTICLE
        or (provision.kind is ProvisionKind.LEVEL and (provision.parent or "").startswith("att_"))
        for provision in outline.provisions
    )


def _link_to(target: str, links: Sequence[AttachmentRef]) -> str | None:
    """The address of the one link that bears the target's name, else of the one link that is called the original."""
    key = comparison_key(target)
    named = {link.url for link in links if key in comparison_key(link.name)}
    if len(named) == 1:
        return named.pop()
    original = {link.url for link in links if _ORIGINAL.search(link.name)}
    return original.pop() if not named and len(original) == 1 else None


def _plain(title: str) -> str:
    return title.strip().replace("(", "（").replace(")", "）")
