"""The bytes of an export as text that an XML parser accepts. Read by reader.py only."""

import codecs
import gzip
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_CHUNK = 64 * 1024
_TAIL = 40  # longer than anything that a cleaner looks for
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
# What XML 1.0 allows nowhere, not even written as a number.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32)])
_ENTITY = re.compile(r"&(#?[A-Za-z0-9]{1,32});")
_OF_XML = {"amp", "lt", "gt", "quot", "apos"}


def clean_text(path: Path) -> Iterator[str]:
    """Yield a file's text in pieces; plain or gzipped, in constant memory.

    Drops control characters, also those written as numbers; writes HTML's named entities, which
    XML does not know, as characters; replaces bytes that are no text. Lines keep their numbers.
    Raises OSError and EOFError.
    """
    with _open(path) as file:
        head = file.read(_CHUNK)
        encoding = _encoding(head)
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        # Bytes are dropped many times faster than characters; elsewhere they may mean something.
        dropped = _CONTROLS if encoding in {"utf-8", "utf-8-sig"} else b""
        cleaner = _Cleaner(is_bare=bool(dropped))
        while head:
            yield cleaner.feed(decoder.decode(head.translate(None, dropped)))
            head = file.read(_CHUNK)
        yield cleaner.feed(decoder.decode(b"", final=True), final=True)


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if is_gzip else path.open("rb")  # type: ignore[return-value]


def _encoding(head: bytes) -> str:
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    declared = _DECLARED.match(head)
    try:
        return codecs.lookup(declared[1].decode()).name if declared else "utf-8"
    except LookupError:
        return "utf-8"


class _Cleaner:
    """Repairs a text that comes in pieces; CDATA sections keep their ampersands.

    `is_bare`: it comes without control characters and surrogates.
    """

    def __init__(self, *, is_bare: bool) -> None:
        self._is_bare = is_bare
        self._rest = ""
        self._in_cdata = False

    def feed(self, piece: str, *, final: bool = False) -> str:
        if not self._is_bare or "\ufffe" in piece or "\uffff" in piece:
            piece = _FORBIDDEN.sub("", piece)
        text = self._rest + piece
        cut = len(text) if final else self._safe_cut(text)
        self._rest = text[cut:]
        return "".join(self._repaired(text[:cut]))

    def _repaired(self, text: str) -> Iterator[str]:
        position = 0
        while position < len(text):
            sign = "]]>" if self._in_cdata else "<![CDATA["
            found = text.find(sign, position)
            end = found + len(sign) if found >= 0 else len(text)
            part, position = text[position:end], end
            yield part if self._in_cdata or "&" not in part else _ENTITY.sub(_repair, part)
            if found >= 0:
                self._in_cdata = not self._in_cdata

    def _safe_cut(self, text: str) -> int:
        """Return a position near the end that stands inside no token."""
        start = max(0, len(text) - _TAIL)
        cut = min((i for i in range(start, len(text)) if text[i] in "&<]"), default=len(text))
        while cut and cut < len(text) and text[cut - 1] == "]":
            cut -= 1
        return cut


def _repair(match: re.Match[str]) -> str:
    found, name = match[0], match[1]
    if name in _OF_XML:
        return found
    if name.startswith("#"):
        return found if _is_character(name) else ""
    character = html.unescape(found)
    return html.escape(character) if character != found else f"&amp;{name};"


def _is_character(reference: str) -> bool:
    """Whether a numeric reference such as #x1F names a character that XML allows."""
    try:
        number = int(reference[2:], 16) if reference[1] in "xX" else int(reference[1:])
        return not _FORBIDDEN.match(chr(number))
    except (ValueError, OverflowError, IndexError):
        return False
