"""CMS families by name. A source's YAML names one; adding a family is adding its class here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from crawler.platforms.base import Platform
from crawler.platforms.jpaas import Jpaas
from crawler.platforms.trs import Trs

PLATFORMS: Final[Mapping[str, Platform]] = MappingProxyType({platform.name: platform for platform in (Jpaas(), Trs())})
