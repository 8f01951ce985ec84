"""The five questions that start an event, as they were typed, and what is made of the answers. Pure but for
the forms of networks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from pydantic import ValidationError

from wall.errors import BadInput
from wall.feeds import forms
from wall.feeds.base import check_config
from wall.hashtags import plain_of, works_everywhere
from wall.model import Mode
from wall.routes.events import NewEvent

MOST_ROOMS = 20
LONGEST_ROOM = 100
_TEXTS = ("name", "starts_on", "ends_on", "zone", "languages", "hashtags", "rooms", "mode")
_RESERVED = frozenset({"demo", "new"})
_LONGEST_SLUG = 40

Check = Callable[[str, Mapping[str, Any]], dict[str, Any]]
"""Gives a network's configuration with its defaults filled in. Raises BadInput."""


@dataclass(frozen=True)
class Answers:
    """What stands in the fields. `chosen` are networks, `typed` their own fields as `{network}.{field}`."""

    name: str = ""
    starts_on: str = ""
    ends_on: str = ""
    zone: str = "UTC"
    languages: str = "en"
    hashtags: str = ""
    rooms: str = ""
    mode: str = Mode.PRE.value
    chosen: frozenset[str] = frozenset()
    typed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Self:
        """The form as it was sent."""
        chosen = frozenset(name for name in forms.ready() if f"use.{name}" in form)
        typed = {name: value for name, value in form.items() if "." in name}
        return cls(**{name: form.get(name, "").strip() for name in _TEXTS}, chosen=chosen, typed=typed)

    @property
    def tags(self) -> list[str]:
        """The hashtags, as they were typed with spaces or commas between."""
        return [tag for tag in (part.lstrip("#＃") for part in _parts(self.hashtags)) if tag]

    @property
    def room_names(self) -> list[str]:
        """One room a line."""
        return [name for name in (" ".join(line.split()) for line in self.rooms.splitlines()) if name]

    def fields_of(self, network: str) -> tuple[forms.Asked, ...]:
        """The fields of a network that have to be typed here: those that it needs, without the hashtags."""
        prefix = f"{network}."
        own = {
            name.removeprefix(prefix): value
            for name, value in self.typed.items()
            if name.startswith(prefix)
        }
        asked = forms.fields_of(network, own or None)
        return tuple(one for one in asked if one.required and one.label != forms.HASHTAGS)


@dataclass(frozen=True)
class Plan:
    """An event to be made: itself, its rooms' names, and (network, configuration) of each feed."""

    event: NewEvent
    rooms: tuple[str, ...]
    feeds: tuple[tuple[str, dict[str, Any]], ...]


def planned(answers: Answers, slug: str, check: Check = check_config) -> tuple[Plan | None, dict[str, str]]:
    """What is to be made of the answers, or None and the fields that cannot be used: field → code of its
    sentence (`start.wrong.{code}`). `check` is what a feed's settings have to pass."""
    wrong = _wrong_rooms(answers)
    event = None
    try:
        event = NewEvent.model_validate(_event_data(answers, slug))
    except ValidationError as error:
        wrong |= _wrong_fields(error)
    if not answers.tags:
        wrong["hashtags"] = "hashtags_none"
    tags = searched(answers.tags)
    found: list[tuple[str, dict[str, Any]]] = []
    for network in sorted(answers.chosen):
        if not tags and "hashtags" not in wrong:
            wrong["hashtags"] = "hashtags_plain"
        typed = {one.name: one.value for one in answers.fields_of(network)}
        config = forms.typed_config(network, {**typed, forms.HASHTAGS: " ".join(tags)})
        try:
            found.append((network, check(network, config)))
        except BadInput as error:
            names = forms.wrong_names(network, typed, list(error.details.get("fields", ())))
            own = {name for name in names if name in typed}
            wrong |= {f"{network}.{name}": "network" for name in own}
            if not own and "hashtags" not in wrong:
                wrong[f"use.{network}"] = "network"
    if wrong or event is None:
        return None, wrong
    return Plan(event, tuple(answers.room_names), tuple(found)), {}


def searched(tags: list[str]) -> list[str]:
    """Those of these hashtags that networks can be asked for, with the plain part of one that has signs."""
    words = (tag if works_everywhere(tag) else plain_of(tag) for tag in tags)
    return list(dict.fromkeys(word for word in words if word))


def slug_of(name: str, tags: list[str], taken: frozenset[str]) -> str:
    """A short name for addresses, from the event's name or its first hashtag, that no other event has."""
    made = (_slug(text) for text in (name, *tags, "event"))
    base = next(slug for slug in made if slug)
    base = f"{base}-event" if base in _RESERVED else base
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].rstrip("-")


def _event_data(answers: Answers, slug: str) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": answers.name,
        "hashtags": answers.tags,
        "zone": answers.zone or "UTC",
        "languages": list(dict.fromkeys(_parts(answers.languages))),
        "mode": answers.mode,
        "starts_on": answers.starts_on or None,
        "ends_on": answers.ends_on or answers.starts_on or None,
    }


def _wrong_rooms(answers: Answers) -> dict[str, str]:
    names = answers.room_names
    if len(names) > MOST_ROOMS or any(len(name) > LONGEST_ROOM for name in names):
        return {"rooms": "rooms"}
    return {} if len({name.casefold() for name in names}) == len(names) else {"rooms": "rooms_twice"}


def _wrong_fields(error: ValidationError) -> dict[str, str]:
    """An error about the whole is about the two days: they are the only ones that belong together."""
    places = (problem["loc"] for problem in error.errors())
    return {
        str(place[0]) if place else "ends_on": str(place[0]) if place else "ends_before" for place in places
    }


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[\s,;]+", text) if part]
