"""What a text does to other instruments: amends, repeals, replaces, implements, suspends, forwards them.

Text, outline and head in; `TextEffect` values out. Only performative wording counts (同时废止, 将第三条修改为): a law
that speaks of repealing in general (需要修改或者废止的) does nothing to anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nlp.structure.amendments import AMENDING_TITLE, TITLE, labels_touched, operations_of
from nlp.structure.dates import term_of
from nlp.structure.instructions import LABEL
from nlp.structure.patterns import ENACTING, GROUNDS, REPEALING, REPEALING_BEFORE, REPLACING, SUSPENDING
from nlp.structure.provisions import Outline
from nlp.text.calendar import parse_date
from rules_db.model import EffectKind, HeadFacts, ProvisionKind, Span, TextEffect


def _any(words: Sequence[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_TITLE_ACTION = re.compile(r"(?P<verb>修改(?:和废止|并重新公布)?|修订|修正|废止|停止执行)(?=部分|[《〈“]|有关)")
_REPEALS_BEFORE = re.compile(rf"(?:{_any(REPEALING_BEFORE)})")
_REPEALING_WORDS = re.compile(_any((*REPEALING, *REPEALING_BEFORE)))
_GROUND = re.compile(_any(GROUNDS))
_ENACTS = re.compile(_any(ENACTING))
_REPLACES = re.compile(
    rf"(?:{_any(REPLACING)})(?:了)? ?(?:(?=[《])"
    r"|(?P<standard>(?:GB|HJ|JT|YS|QC|DB[0-9]{2,4})(?:/[TZ])? ?[0-9]{1,6}(?:\.[0-9]{1,3})?[—–-][0-9]{4}))"
)
_SUSPENDS = re.compile(rf"(?:{_any(SUSPENDING)})")
_NUMBER_AFTER = re.compile(
    r"^[》〉]?(?:（[^（）]{0,20}版?）)?[（(\[]"
    r"(?P<number>[^（）()\[\]\n]{1,60}?号|[^（）()\n]{1,20}?[〔\[（(][0-9]{4}[〕\]）)][0-9]{1,5}号)"
)
_NUMBER_BEFORE = re.compile(
    r"(?P<number>[\u4e00-\u9fff、 ]{1,40}?(?:令|公告)(?:[0-9]{4}年)?第[0-9一二三四五六七八九十百]{1,5}号)"
    r"(?:公布|发布|颁布|印发)?的?$"
)
_CLAUSE_OF = re.compile(rf"(?:{LABEL})|(?:中的?)?“[^”]{{1,40}}”(?:的)?(?:条款|规定|内容)")
_DATE = re.compile(r"自 ?([0-9]{4} ?年 ?[0-9]{1,2} ?月 ?[0-9]{1,2} ?日)起")
_IMPLEMENTING_TITLE = re.compile(
    r"^(?P<base>.{2,60}?(?:法|条例|办法|规定))(?:实施细则|实施条例|实施办法|实施规定)(?:（.{1,20}）)?$"
)
_FORWARDING_TITLE = re.compile(r"(?:转发|批转)(?P<target>.{4,150}?)的通知$")
_UNQUOTED_GROUND = re.compile(
    r"(?P<title>[\u4e00-\u9fff]{2,30}?(?:法|条例))(?=[，、和]|等|以及|及|的有关规定|的规定|规定)"
)
_GENERIC = re.compile(r"有关|相关|法律|国家|本|其他|上述")
_ITEM = re.compile(r"(?:[（(]?[一二三四五六七八九十0-9]{1,4}[）).、] ?)?《")
_LONGEST_TITLE = 300
_HEAD_CHARACTERS = 5000
_BASIS_ARTICLES = 3
_BASIS_CHARACTERS = 6000
_LONGEST_SENTENCE = 4000


def find_effects(text: str, outline: Outline, head: HeadFacts) -> list[TextEffect]:
    """Effects in order of the text, each instrument once per kind and label. Titles come without 《》."""
    title = head.title or ""
    found: list[TextEffect] = [
        *_effects_of_title(title, text, head),
        *_amending_effects(text, title, head, outline),
        *_repeals(text, title, head, outline),
        *_basis(text, outline, title),
        *_replacements(text),
    ]
    found.sort(key=lambda effect: (effect.span.start, effect.span.end))
    unique: dict[tuple[EffectKind, str, str | None], TextEffect] = {}
    for effect in found:
        unique.setdefault((effect.kind, effect.target_title, effect.target_label), effect)
    return list(unique.values())


def _plain(title: str) -> str:
    return title.strip().strip("《》〈〉 ")


def _effects_of_title(title: str, text: str, head: HeadFacts) -> Iterator[TextEffect]:
    """What the title says. When only the source has the title and not the text, the span is empty."""
    if not title:
        return
    span = _printed(title, text)
    action = _TITLE_ACTION.search(title)
    if action is not None:
        kind = EffectKind.AMENDS if action["verb"].startswith("修") else EffectKind.REPEALS
        for match in TITLE.finditer(title, action.end()):
            yield TextEffect(kind, span, _plain(match["title"]), effective_on=head.effective_on)
    forwarded = _FORWARDING_TITLE.search(title)
    if forwarded is not None:
        quoted = TITLE.search(forwarded["target"])
        about = forwarded["target"].find("关于")
        target = quoted["title"] if quoted else forwarded["target"][about:] if about >= 0 else forwarded["target"]
        yield TextEffect(EffectKind.FORWARDS, span, _plain(target))
    implementing = re.search(r"实施(?:[《〈](?P<title>[^《》〈〉]{2,80})[》〉])", title)
    base = _IMPLEMENTING_TITLE.match(title)
    if implementing is not None and action is None:
        yield TextEffect(EffectKind.IMPLEMENTS, span, _plain(implementing["title"]))
    elif base is not None and action is None:
        yield TextEffect(EffectKind.IMPLEMENTS, span, base["base"])


def _printed(title: str, text: str) -> Span:
    """Where the text prints its title, maybe over several lines; an empty span at its start when it does not."""
    pattern = "\n?".join(re.escape(character) for character in title[:_LONGEST_TITLE])
    match = re.compile(pattern).search(text, 0, _HEAD_CHARACTERS)
    if match is None:
        return Span(0, 0, "", "title_of_source")
    return Span(match.start(), match.end(), match.group(), "title")


def _amending_effects(text: str, title: str, head: HeadFacts, outline: Outline) -> Iterator[TextEffect]:
    """One effect per amended provision. A text that is no amending one amends only what its own sentence names."""
    for operation in operations_of(text, title, outline.provisions):
        for label in labels_touched(operation) or (None,):
            yield TextEffect(
                EffectKind.AMENDS,
                operation.span,
                operation.instrument or "",
                target_label=label,
                effective_on=head.effective_on,
            )


def _sentence(text: str, at: int, floor: int) -> tuple[int, int]:
    """The sentence around `at`, not before `floor`; it ends at 。 or a line end and its length is bounded."""
    lowest, highest = max(floor, at - _LONGEST_SENTENCE), min(len(text), at + _LONGEST_SENTENCE)
    start = max(text.rfind("。", lowest, at), text.rfind("\n", lowest, at), lowest - 1) + 1
    ends = [end for mark in "。\n" if (end := text.find(mark, at, highest)) >= 0]
    return start, min(ends, default=highest)


def _repeals(text: str, title: str, head: HeadFacts, outline: Outline) -> Iterator[TextEffect]:
    # A text amended since repealed what it repealed when its first version took effect, not when the head says it does.
    lines = outline.regions.lines[: outline.regions.end_of_body]
    first_effect, _ = term_of(text, lines[-1].end if lines else 0, head.promulgated_on, ())
    floor = 0
    for match in _REPEALING_WORDS.finditer(text):
        if match.start() < floor:
            continue
        start, end = _sentence(text, match.start(), floor)
        if text.count("《", start, match.start()) > text.count("》", start, match.start()):
            # 《关于废止《…》的决定》 is cited: its repeal is not this text's.
            continue
        day = _DATE.search(text, start, end)
        effective = parse_date(day[1].replace(" ", "")) if day else first_effect or head.effective_on
        spans = _named_before(text, start, match.start())
        if not spans and text[match.start() : end + 1].find("《") >= 0 and _REPEALS_BEFORE.match(text, match.start()):
            spans = list(TITLE.finditer(text, match.start(), end))
        if not spans and text[end - 1 : end] == "：":
            spans, end = _listed(text, end + 1)
        elif not spans and AMENDING_TITLE.search(title) and "废止" in title and outline.regions.attachments:
            first = outline.regions.lines[outline.regions.attachments[0].first].start
            spans = list(TITLE.finditer(text, first))
        for named in spans:
            yield _effect_on(EffectKind.REPEALS, text, named, effective, start)
        floor = end


def _named_before(text: str, start: int, stop: int) -> list[re.Match[str]]:
    """Titles that a repealing clause names: those after the last final clause, and no grounds."""
    applies = max(text.rfind("施行", start, stop), text.rfind("实施，", start, stop), text.rfind("执行，", start, stop))
    separator = text.rfind("；", start, stop)
    begin = max(start, separator + 1)
    if applies >= 0 and "《" in text[applies:stop] and "的《" not in text[applies : applies + 4]:
        begin = max(begin, applies)
    found = []
    for match in TITLE.finditer(text, begin, stop):
        before = text[max(begin, match.start() - 4) : match.start()]
        if not _GROUND.search(before):
            found.append(match)
    return found


def _listed(text: str, start: int) -> tuple[list[re.Match[str]], int]:
    """Titles of the list lines from `start` on (下列文件同时废止：（一）《…》)."""
    found: list[re.Match[str]] = []
    while start < len(text) and _ITEM.match(text, start):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        found.extend(TITLE.finditer(text, start, end))
        start = end + 1
    return found, start


def _effect_on(kind: EffectKind, text: str, named: re.Match[str], effective: str | None, floor: int) -> TextEffect:
    after = _NUMBER_AFTER.match(text[named.end() : named.end() + 120])
    before = _NUMBER_BEFORE.search(text[max(floor, named.start() - 60) : named.start()])
    number = after["number"] if after else before["number"] if before else None
    label = _CLAUSE_OF.match(text, named.end(), named.end() + 80)
    return TextEffect(
        kind,
        Span(named.start(), named.end(), named.group(), kind.value),
        _plain(named["title"]),
        _tidy_number(number),
        label.group() if label else None,
        effective,
    )


def _tidy_number(number: str | None) -> str | None:
    if number is None:
        return None
    number = re.sub(r"^.*?[日月年](?=[^0-9第]*令)|^(?:经|由|以|原)", "", number.strip("、，； "))
    return re.sub(r"[\[（(【](\d{4})[\]）)】]", r"〔\1〕", number).replace(" ", "")


def _basis(text: str, outline: Outline, title: str) -> Iterator[TextEffect]:
    """根据《…》，制定本办法: read in the preface and the first articles only."""
    stop = _end_of_basis(outline)
    floor = 0
    for match in _ENACTS.finditer(text, 0, stop):
        if match.start() < floor:
            continue
        start, end = _sentence(text, match.start(), floor)
        for ground in _GROUND.finditer(text, start, match.start()):
            for name, span in _grounds(text, ground.end(), match.start()):
                if name != title:
                    yield TextEffect(EffectKind.IMPLEMENTS, span, name)
        floor = end


def _end_of_basis(outline: Outline) -> int:
    articles = [p for p in outline.provisions if p.kind in (ProvisionKind.ARTICLE, ProvisionKind.LEVEL)]
    if not articles:
        return _BASIS_CHARACTERS
    last = articles[min(len(articles), _BASIS_ARTICLES) - 1]
    return min(last.tree_end, articles[0].start + _BASIS_CHARACTERS)


def _grounds(text: str, start: int, stop: int) -> Iterator[tuple[str, Span]]:
    """Titles of one ground: those up to the comma that ends it; a comma before another title does not."""
    at = start
    while at < stop:
        comma = text.find("，", at, stop)
        end = comma if comma >= 0 else stop
        for named in TITLE.finditer(text, at, end):
            yield _plain(named["title"]), Span(named.start(), named.end(), named.group(), "basis")
        if at == start and "《" not in text[at:end]:
            for bare in _UNQUOTED_GROUND.finditer(text, at, min(end + 1, stop)):
                if not _GENERIC.search(bare["title"]):
                    yield bare["title"], Span(bare.start("title"), bare.end("title"), bare["title"], "basis_unquoted")
        if comma < 0 or not text.startswith(("《", "以及", "和", "参照《"), comma + 1):
            return
        at = comma + 1


def _replacements(text: str) -> Iterator[TextEffect]:
    for match in _REPLACES.finditer(text):
        if match["standard"]:
            standard = re.sub(r"[—–]", "-", match["standard"])
            span = Span(match.start("standard"), match.end("standard"), match["standard"], "replaces")
            yield TextEffect(EffectKind.REPLACES, span, standard, standard)
            continue
        named = TITLE.match(text, match.end())
        if named is not None:
            yield _effect_on(EffectKind.REPLACES, text, named, None, match.start())
    for match in _SUSPENDS.finditer(text):
        _, end = _sentence(text, match.start(), match.start())
        for named in TITLE.finditer(text, match.end(), min(end, match.end() + 400)):
            yield _effect_on(EffectKind.SUSPENDS, text, named, None, match.start())
