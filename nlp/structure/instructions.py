"""Wording of amending instructions as patterns over text whose quotations are masked (`nlp.structure.quotations`).

A table of shapes, tried in this order at each place; what each group means is read in `nlp.structure.amendments`.
"""

from __future__ import annotations

import re

from nlp.structure.quotations import PLACEHOLDERS

NUMERAL = "[〇零一二三四五六七八九十百千0-9]{1,8}"
_ITEM = rf"第(?:（{NUMERAL}）|{NUMERAL})项"
_PARAGRAPH = rf"第{NUMERAL}款"
ARTICLE = rf"第{NUMERAL}条(?:之{NUMERAL})?"
LABEL = (
    rf"{ARTICLE}(?:{_PARAGRAPH})?(?:{_ITEM})?(?:第{NUMERAL}目)?|{_PARAGRAPH}(?:{_ITEM})?(?:第{NUMERAL}目)?"
    rf"|{_ITEM}(?:第{NUMERAL}目)?|第{NUMERAL}[章节编]"
)
LABELS = f"(?:{LABEL})(?:(?:[、和及与至]|以及|到)(?:{LABEL})){{0,60}}+"
_Q = f"[{PLACEHOLDERS}]"
_QS = f"{_Q}(?:(?:[、和及或]|以及)?{_Q}){{0,40}}+"
_OWN = r"(?:全文|文中|条文|本(?:法|条例|办法|规定|规则|细则|决定))"
_INTO = r"(?:均|统一|分别|相应)?(?:修改|替换|调整|更改|更正|修正|变更|改)(?:成|为)"
_WHAT = r"(?:等?(?:字样|一词|的?表述|的?规定|内容|文字|字))?"
_COUNT = "[一二两三四五六七八九十]{1,3}"
_SEP = r"[，：:、]?[ \n]?"

SHAPES: tuple[tuple[str, str], ...] = (
    (
        "renamed",
        rf"(?:法规|规章|文件)?(?:名称|标题|题目)(?:由)?(?:{_Q})?{_INTO}[：:]?(?P<new>{_Q}|《[^《》\n]{{2,100}}》)",
    ),
    (
        "heading",
        rf"(?P<labels>第{NUMERAL}[编章节])的?(?:[编章节]名|标题|名称)(?:由)?(?:{_Q})?{_INTO}{_SEP}(?P<new>{_Q})",
    ),
    (
        "deleted_words",
        rf"(?:删去|删除|删掉)(?P<labels>{LABELS})(?:中|内|里)?的?(?P<old>{_QS})"
        rf"|(?:(?P<labels2>{LABELS})(?:中|内|里)?的?)?(?P<old2>{_QS}){_WHAT}(?:予以|均)?(?:删去|删除|删掉)"
        rf"|(?:删去|删除|删掉)(?:其)?(?:中的?)?(?P<old3>{_QS})",
    ),
    (
        "inserted_words",
        rf"(?:(?P<labels>{LABELS}|{_OWN})(?:中|内|里)?的?)?(?P<old>{_Q}){_WHAT}(?:之|以)?(?P<place>后|前)(?:面)?，?"
        rf"(?:增加|加上|增写|插入|补充|加入)(?:规定|内容|文字)?(?:为)?[：:]?(?P<new>{_Q})",
    ),
    (
        "replaced_words",
        rf"(?:(?P<labels>{LABELS}|{_OWN})(?:中|内|里)?的?)?(?P<old>{_QS}){_WHAT}{_INTO}[：:]?(?P<new>{_QS})",
    ),
    (
        "revised",
        rf"(?P<labels>{LABELS})(?:规定)?(?:(?:，)?(?:并|合)并?(?:后)?，?)?"
        rf"(?:(?:相应)?(?:改为|改作|作为|调整为|合并为|分为{_COUNT}[条款项]，?(?:作为|分别作为|即)?)(?P<moved>{LABELS})，?)?"
        rf"(?:并|将其)?(?:，)?(?:修改|修订|修正|调整|改)为(?:{_COUNT}[条款项目])?{_SEP}(?P<new>{_Q}(?:[，；、]?\n?{_Q}){{0,60}}+)",
    ),
    (
        "inserted",
        rf"(?:(?P<labels>{LABEL})(?:中|(?P<place>之?后|之?前)|以?后|末尾|最后)?，?(?:新)?)?"
        rf"(?:增加|增设|增补|新增|增写)(?P<count>{_COUNT})(?P<unit>[编章节条款项目])(?:规定)?"
        rf"(?:[，,]?(?:分别)?(?:作为|列为|列|即)(?P<moved>{LABELS}))?"
        rf"(?:{_SEP}(?P<new>{_Q}(?:[，；、]?\n?{_Q}){{0,60}}+))?",
    ),
    (
        "inserted_at",
        rf"(?:增加|增设|增补|新增)(?P<moved>{LABEL}){_SEP}(?P<new>{_Q})",
    ),
    (
        "deleted",
        rf"(?:删去|删除|废止)(?:《[^《》\n]{{2,100}}》)?(?:原)?(?P<labels>{LABELS})"
        rf"|(?P<labels2>{LABELS})(?:的规定)?(?:予以)?(?:删去|删除|废止)(?=[，。；、\n]|$)",
    ),
    (
        "moved",
        rf"(?P<labels>{LABELS})(?:相应|依次|顺次|顺延|分别|顺序)?(?:改为|改作|作为|顺延为|调整为|移至|移作)(?P<moved>{LABELS})",
    ),
    (
        "adjusted",
        r"(?:条文|条款|章节|各章|法规|条|章)[^，。；\n]{0,8}?(?:顺序|序号)(?:[^，。；\n]{0,10}?)相应(?:的)?(?:调整|修改|变更)"
        r"|(?:顺序|序号)(?:作|做|进行)?相应(?:的)?(?:调整|修改)",
    ),
)
POSSIBLE = re.compile("改为|改作|修订为|删|增加|增设|增补|新增|增写|合并|调整|作为第|移至|移作")
"""A text without any of these gives no instruction: most texts are done with after this one search."""
WORDS_OF_CHANGE = re.compile("修改为|改为|删去|删除|增加一|增加二|增加两|合并为|移至|移作")
"""What no sentence of an amending text says without giving an instruction."""
