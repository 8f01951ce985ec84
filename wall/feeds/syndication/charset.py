"""Bytes of a document to text: by its byte order mark, its headers, its own word (RFC 7303). Pure."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))
_DECLARED = re.compile(rb"""<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_GIVEN = re.compile(r"""\bcharset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
_KNOWN = re.compile(
    r"utf-8|ascii|utf-16(?:-[lb]e)?|iso8859-[0-9]+|cp125[0-8]|cp866|koi8-[ru]|mac-roman|gb18030|gbk|big5(?:hkscs)?"
    r"|euc_(?:jp|kr)|shift_jis|cp93[26]|cp949|iso2022_(?:jp|kr)|tis-620"
)
"""Codecs of Python that feeds are written in: others decode to more than they are, or in square time."""
_WIDER = {"ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
"""What browsers read in the place of a charset (WHATWG, Encoding): more letters, and the same ones."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def decoded(body: bytes, content_type: str = "") -> str:
    """A document as text; bytes that are no letters become U+FFFD. Never raises."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for start, name in _UNMARKED:
        if body.startswith(start):
            return body.decode(name, "replace")
    given, declared = _GIVEN.search(content_type), _DECLARED.match(body[:300].lstrip())
    names = [given[1] if given else "", declared[1].decode("ascii") if declared else ""]
    for known in filter(None, [*map(_known, names), "utf-8"]):
        with suppress(UnicodeDecodeError):
            return body.decode(known)
    return body.decode("cp1252", "replace")


def without_forbidden(text: str) -> str:
    """Text without what XML 1.0 has no place for: one such character would make all of it unreadable."""
    return _FORBIDDEN.sub("\ufffd", text)


def _known(name: str) -> str:
    try:
        codec = codecs.lookup(name).name if name else ""
    except LookupError:
        return ""
    return _WIDER.get(codec, codec) if _KNOWN.fullmatch(codec) or codec == "gb2312" else ""
