"""Which family a page looks like, from marks in its markup: help for adding a source and for reading a redesign.

Pure: markup in, family names out, surest first. The crawl itself never switches family by this; it only tells people.
"""

from __future__ import annotations

import re
from typing import Final

# (platform, what a page of that family contains). Order = sureness.
_MARKS: Final = (
    ("jpaas", re.compile(r"jpaas-publish-server|querydata\s*=", re.IGNORECASE)),
    ("jpage", re.compile(r"<datastore\b|/module/web/jpage/", re.IGNORECASE)),
    ("gkmlpt", re.compile(r"window\._CONFIG\b|/gkmlpt/")),
    ("trs", re.compile(r"createPageHTML\s*\(|TRS_(?:Editor|UEDITOR)")),
    ("ucap", re.compile(r"<ucapcontent\b|<publishtime\b|insertfileTag|/c00_\d+\.shtml|/common/search/[0-9a-f]{32}")),
    ("querylist", re.compile(r"/queryList\b|/content/content_\d{15,20}\.html")),
    ("ts_dir", re.compile(r"queryArticleByCondition|/20\d{15,17}/index\.s?html?")),
    ("openstd", re.compile(r"showInfo\(\s*['\"][0-9A-F]{32}")),
    # Last: many pages of other families link to documents of this shape elsewhere.
    ("trs", re.compile(r"/t20\d{6}_\d+\.s?html?")),
)
_SAMPLE: Final = 500_000


def families(markup: str) -> tuple[str, ...]:
    """Platforms whose marks a page bears; empty when it bears none (then `listing` is worth a try)."""
    sample = markup[:_SAMPLE]
    return tuple(dict.fromkeys(platform for platform, mark in _MARKS if mark.search(sample)))
