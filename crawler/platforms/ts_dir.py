"""Sites whose documents are folders named by a timestamp of 17 to 19 digits (Hebei, Liaoning).

The pager names the next screen once, as `<column>/<hex>-2.shtml`; the hex is constant inside a column, so further
screens follow from it. The number of screens stands in a `totalpage` attribute where the site gives it.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin

from crawler.platforms.base import ListContext, ListPage, ListRequest, Platform, text_of
from crawler.platforms.rows import read_rows, soup_of

_PAGER: Final = re.compile(r"""["'(]\s*([\w./-]{0,200}?[0-9a-f]{8,40})-(\d{1,4})\.(s?html)\b""")
_TOTAL_PAGES: Final = re.compile(r"""totalpage\s*=\s*["']?(\d{1,5})""", re.IGNORECASE)


class TsDir(Platform):
    """Columns of timestamp-folder sites."""

    name = "ts_dir"
    detail_pattern = re.compile(r"/20\d{15,17}/index\.(?:html?|shtml)\Z")

    def parse_list(self, body: bytes, context: ListContext) -> ListPage:
        markup = text_of(body)
        entries, notes = read_rows(soup_of(markup), context, self.detail_pattern)
        page = context.request.page + 1
        pages = _TOTAL_PAGES.search(markup)
        pager = next((match for match in _PAGER.finditer(markup) if int(match[2]) > 1), None)
        following: tuple[ListRequest, ...] = ()
        if entries and pager is not None and (pages is None or page <= int(pages[1])):
            following = (ListRequest(urljoin(context.url, f"{pager[1]}-{page}.{pager[3]}"), page),)
        return ListPage(entries, following, notes=notes)
