"""Labels of provisions (第三十条之一第二款第（三）项) as numbers and back: text in, `Address` values out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rules_db.diff.canonical import HAN_NUMERAL, number

_N = rf"（?(?:[{HAN_NUMERAL}]{{1,8}}|[0-9]{{1,5}})）?"
_LABEL = re.compile(
    rf"(?:第(?P<article>{_N})条(?:之(?P<sub>{_N}))?)?(?:第(?P<paragraph>{_N})款)?(?:第(?P<item>{_N})项)?"
    rf"(?:第(?P<subitem>{_N})目)?"
)
_CONTAINER = re.compile(rf"第(?P<number>{_N})(?P<unit>[编章节])")
_DIGITS = "零一二三四五六七八九"
_WIDEST_RANGE = 500


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Numbers of a label from the outside in; 0 = not named. `unit` is 编, 章 or 节 for a container, whose number is in
    `article`."""

    article: int = 0
    sub: int = 0
    paragraph: int = 0
    item: int = 0
    subitem: int = 0
    unit: str = ""

    @property
    def within_article(self) -> bool:
        return bool(self.paragraph or self.item or self.subitem)


def parse_label(label: str) -> Address | None:
    """The address of one label, or None when it is none."""
    container = _CONTAINER.fullmatch(label)
    if container is not None:
        return Address(_value(container["number"]), unit=container["unit"])
    match = _LABEL.fullmatch(label)
    if match is None or not label:
        return None
    return Address(
        _value(match["article"]),
        _value(match["sub"]),
        _value(match["paragraph"]),
        _value(match["item"]),
        _value(match["subitem"]),
    )


def addresses(label: str) -> list[Address]:
    """The addresses of a label or of a range (第十条至第十二条). Raises ValueError for what is neither."""
    first, _, last = label.partition("至")
    start, stop = parse_label(first), parse_label(last) if last else None
    if start is None or (last and stop is None):
        raise ValueError(f"{label} is no label of a provision")
    if stop is None:
        return [start]
    for name in ("item", "paragraph", "article"):
        low, high = getattr(start, name), getattr(stop, name)
        if low and high:
            found = [_numbered(start, name, value) for value in range(low, min(high, low + _WIDEST_RANGE) + 1)]
            if not found or found[-1] != stop:
                break
            return found
    raise ValueError(f"{label} is no range of provisions of one kind")


def _numbered(address: Address, name: str, value: int) -> Address:
    if name == "item":
        return replace(address, item=value)
    return replace(address, paragraph=value) if name == "paragraph" else replace(address, article=value)


def article_label(main: int, sub: int = 0) -> str:
    return f"第{chinese(main)}条" + (f"之{chinese(sub)}" if sub else "")


def chinese(value: int) -> str:
    """A whole number from 1 to 9999 as law numbers its provisions: 十一, 一百零五, 一百一十."""
    if not 0 < value < 10_000:
        raise ValueError(f"no provision has the number {value}")
    written, skipped = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        if digit:
            written += ("零" if skipped and written else "") + _DIGITS[digit] + unit
            skipped = False
        else:
            skipped = True
    return written[1:] if 10 <= value < 20 else written


def _value(written: str | None) -> int:
    found = number((written or "").strip("（）"))
    return int(found) if found is not None else 0
