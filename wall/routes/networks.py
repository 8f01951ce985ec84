"""Names of networks as pages say them: of one, and of all on which a card was posted."""

from __future__ import annotations

from collections.abc import Iterable

from wall.entries.cards import PostValue
from wall.routes.words import Words


def networks_of(card: PostValue) -> tuple[str, ...]:
    """The networks on which a card was posted, its own first."""
    return tuple(dict.fromkeys((card.network, *(one.network for one in card.also))))


def network_name(network: str, words: Words, lang: str) -> str:
    """A network's name; its code where there are no words for it."""
    key = f"network.{network}"
    return words.say(lang, key) if words.has(key) else network


def network_names(networks: Iterable[str], words: Words, lang: str) -> str:
    """The names of one network or more, each once, as one reads them."""
    *some, last = (network_name(one, words, lang) for one in dict.fromkeys(networks))
    return words.say(lang, "network.and", one=", ".join(some), other=last) if some else last
