"""The text of a file as editors and spreadsheets save it.

UTF-8, with or without a byte order mark, and UTF-16 with one, as a spreadsheet's "Unicode text".
"""

import codecs
from typing import Final

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of(data: bytes, errors: str = "strict") -> str:
    """The text, without its mark; raises ``UnicodeDecodeError`` as ``bytes.decode`` does."""
    encoding = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    return data.decode(encoding, errors)
