"""CMS families by name. A source's YAML names one; adding a family is adding its class here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from crawler.platforms.base import Platform
from crawler.platforms.gkmlpt import Gkmlpt
from crawler.platforms.jpaas import Jpaas
from crawler.platforms.jpage import Jpage
from crawler.platforms.listing import Listing
from crawler.platforms.openstd import OpenStd
from crawler.platforms.querylist import QueryList
from crawler.platforms.searchapi import SearchApi
from crawler.platforms.trs import Trs
from crawler.platforms.ts_dir import TsDir
from crawler.platforms.ucap import Ucap

PLATFORMS: Final[Mapping[str, Platform]] = MappingProxyType(
    {
        platform.name: platform
        for platform in (
            Gkmlpt(),
            Jpaas(),
            Jpage(),
            Listing(),
            OpenStd(),
            QueryList(),
            SearchApi(),
            Trs(),
            TsDir(),
            Ucap(),
        )
    }
)
