"""The type of what views take: a JSON object as a command would write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]
