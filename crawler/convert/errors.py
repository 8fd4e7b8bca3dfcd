"""Why a file could not be converted: one exception with a closed list of codes, shared by all converters."""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """empty: nothing in it. undecided_charset: see crawler/charset.py. unreadable: damaged or not what it claims.
    encrypted: needs a password. too_large: a limit was hit. unsupported: a format nobody reads here. no_text: a scan
    that needs reading by a person or an OCR program. bad_selector: the registry names a place on the page by what is no
    selector."""

    EMPTY = "empty"
    UNDECIDED_CHARSET = "undecided_charset"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    NO_TEXT = "no_text"
    BAD_SELECTOR = "bad_selector"


class ConversionError(Exception):
    """`code` is for programs and the ledger; `message` names the file, the trouble and what to do."""

    def __init__(self, code: ErrorCode | str, message: str) -> None:
        super().__init__(f"{ErrorCode(code).value}: {message}")
        self.code = ErrorCode(code)
        self.message = message
