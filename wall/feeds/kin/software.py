"""Which software a server with Mastodon's API runs, and where it differs from Mastodon. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from wall.feeds.shapes.common import Record

_MASTODON = (
    'make a token under Preferences → Development → New application there, with "read:statuses" '
    "ticked, and give it with the instance."
)
_GOTOSOCIAL = (
    'make a token in its settings panel under Applications, with the scope "read", and give it with '
    "the instance."
)
_OTHERS = (
    'get a token of a user there with the scope "read" (its administrator knows how), and give it with '
    "the instance."
)


@dataclass(frozen=True, slots=True)
class Software:
    """One kind of server.

    `sockets`: hashtags are streamed over `one` websocket that is told which, over one for `each` with the
    hashtag in its address, or not at all. `token_in_protocol`: the websocket takes its token as
    Sec-WebSocket-Protocol, not as Authorization. `poll_first`: its stream is relied on only while it
    brings posts. `chooses_languages`: its stream keeps to languages that the owner of a token chose.
    `drops_words`: keyword filters of that owner leave posts out; Mastodon's only mark them. `listed_by`:
    parameters of a list of statuses by id. `how_to_get_a_token` completes a sentence.
    """

    name: str
    sockets: Literal["one", "each", "none"] = "one"
    token_in_protocol: bool = False
    poll_first: bool = False
    chooses_languages: bool = False
    drops_words: bool = True
    listed_by: tuple[str, ...] = ("id[]",)
    how_to_get_a_token: str = _OTHERS


MASTODON = Software("mastodon", chooses_languages=True, drops_words=False, how_to_get_a_token=_MASTODON)

_KNOWN = {
    "gotosocial": Software("gotosocial", sockets="each", poll_first=True, how_to_get_a_token=_GOTOSOCIAL),
    "friendica": Software("friendica", sockets="none"),
    "pixelfed": Software("pixelfed", sockets="none"),
    "snac": Software("snac", sockets="none"),
    "takahe": Software("takahe", sockets="none"),
} | {
    name: Software(name, sockets="each", token_in_protocol=True, listed_by=("id[]", "ids[]"))
    for name in ("pleroma", "akkoma", "rebased")
}

_COMPATIBLE = re.compile(r"\(compatible; ([A-Za-z]{1,30})")
_BEFORE_A_SLASH = re.compile(r"([A-Za-z]{1,30})/")


def software_of(said: Record) -> Software:
    """What an instance's page says that it runs. Whoever says nothing of a name is taken for Mastodon.

    Pleroma and most others write `2.7.2 (compatible; Pleroma 2.9.1)`, Takahe `takahe/0.11.0`, and
    GoToSocial its own version, which begins with 0, and where its source is.
    """
    version, source = str(said.get("version", "")), str(said.get("source_url", ""))
    named = _COMPATIBLE.search(version) or _BEFORE_A_SLASH.match(version)
    name = named[1].lower() if named else "mastodon"
    if named is None and ("gotosocial" in source.lower() or version.startswith("0.")):
        name = "gotosocial"
    return MASTODON if name == "mastodon" else _KNOWN.get(name, Software(name))
