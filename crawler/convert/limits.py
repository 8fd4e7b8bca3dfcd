"""Size limits that every converter keeps, so that hostile files end in `too_large`, not in a dead host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """`*_bytes` are octets, `text_chars` characters of all blocks together, `table_cells` cells of one table after
    spans are expanded, `zip_ratio` unpacked to packed size of one member."""

    text_bytes: int = 16 * 1024 * 1024  # HTML, text and Markdown
    input_bytes: int = 64 * 1024 * 1024
    text_chars: int = 8_000_000
    blocks: int = 200_000
    table_cells: int = 50_000
    pages: int = 3_000
    zip_entries: int = 5_000
    zip_ratio: int = 200
    zip_member_bytes: int = 64 * 1024 * 1024
    zip_total_bytes: int = 192 * 1024 * 1024
    archive_members: int = 50


LIMITS: Final = Limits()
