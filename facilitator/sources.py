"""Sources of checks: an address that everybody may look up. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from wall.codebook import TagSet
from wall.errors import BadInput, Refused
from wall.hygiene import tidy_line
from wall.model import at_border
from wall.parallel import Tag

MOST = 2_000
"""Longest address, in code points."""


def source_for(tag: Tag, said: str) -> str:
    """The source that a tag is set with: an address for a check, nothing for any other tag. Raises Refused
    for a check without one, and for a source of what is no check; BadInput for what is no address."""
    is_check = tag.set is TagSet.CHECK and tag.code != ""
    if not said.strip():
        if is_check:
            raise Refused(
                "A check needs its source.",
                remedy="Paste the address of a page that shows it.",
                tag=tag.id,
                field="source",
            )
        return ""
    if not is_check:
        raise Refused("Only a check has a source.", remedy="Set the tag without one.", tag=tag.id)
    return address(said)


def address(said: str) -> str:
    """An address as it is kept. Raises BadInput for what is none, or would show another host than it
    leads to."""
    text = tidy_line(str(at_border(said))).strip()
    if "://" not in text and "." in text and " " not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        named = host.encode("idna").decode("ascii") if host else ""
        _ = parts.port
    except (ValueError, UnicodeError):
        raise _wrong() from None
    if (
        parts.scheme not in {"http", "https"}
        or "." not in named.strip(".")
        or " " in text
        or len(text) > MOST
    ):
        raise _wrong()
    if "@" in parts.netloc:
        raise _wrong()
    return text.replace(host, named, 1) if named != host else text


def _wrong() -> BadInput:
    return BadInput(
        "This is not the address of a page.",
        remedy="Paste one that begins with https://, without a name or password in it.",
        field="source",
    )
