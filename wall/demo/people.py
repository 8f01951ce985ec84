"""The people of the made-up summit. Pure, from a seed.

Names are put together from first names and surnames that were made up, and cannot be anybody's
account: addresses end in `.example`, and an X handle here is longer than X allows (15 characters).
"""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass

from wall.demo.grammar import tables
from wall.model import Author

ONLINE = 291
IN_ROOM = 83

_NAMES = tables("names")
_FIRST, _PLACES, _ENDINGS = _NAMES["first"], _NAMES["place"], _NAMES["ending"]

_FRENCH = (
    (
        "Mirelle",
        "Salomé",
        "Thibaut",
        "Florence",
        "Aurèle",
        "Capucine",
        "Émile",
        "Noémie",
        "Gaspard",
        "Ondine",
    ),
    (
        "Castonbois",
        "Larivoix",
        "Vauquemont",
        "Desrochaux",
        "Bellefontil",
        "Montclairy",
        "Duhamelet",
        "Sauvelin",
    ),
)
_ARABIC = (
    ("أمل", "رانيا", "حمزة", "سلمى", "يوسف", "ليلى", "طارق", "هالة"),
    ("الزيتوناوي", "القاسماوي", "البحيراني", "النخلاوي", "الريحاوي", "السنابلي"),
)
_ROMAN = ("amal", "rania", "hamza", "salma", "youssef", "leila", "tarek", "hala")

_CALLINGS = ("", "", "", ", RN", ", pharmacist", ", paramedic", ", librarian", " 🩺", " 📚", ", educator")
_HOSTS = (
    "wardround.example",
    "chalkdust.example",
    "slowscience.example",
    "skyline.example",
    "toubib.example",
)
_SKIES = ("learns.example", "notes.example", "clinic.example", "teaches.example")
_TRADES = ("teaches_meded", "in_the_clinic", "on_the_ward", "learning_out_loud", "reads_journals")

_UNPRONOUNCED = re.compile(r"[^a-z]+")


@dataclass(frozen=True)
class Person:
    """Somebody who posts. `lang` is what they mostly write in; `talkative` weighs how much they say."""

    network: str
    author: Author
    lang: str
    talkative: float


def online(rng: random.Random) -> list[Person]:
    """The people who follow from elsewhere. The first of them is the troll."""
    langs = ["fr"] * 22 + ["ar"] * 13
    names = _names(rng, ONLINE, langs)
    networks = [
        ("bluesky", "mastodon", "x")[int(draw * 3)] for draw in (rng.random() for _ in range(ONLINE))
    ]
    found = []
    for number, (name, plain, lang) in enumerate(names):
        talkative = min(rng.paretovariate(1.25), 24.0)
        followers = int(rng.lognormvariate(6.85, 1.35)) + 3
        # A calling in Latin letters would mix directions in a name.
        shown = name if lang == "ar" else name + rng.choice(_CALLINGS)
        author = _author(rng, networks[number], number, shown, plain, followers)
        found.append(Person(networks[number], author, lang, talkative))
    return found


def in_room(rng: random.Random) -> list[Person]:
    """The people in the hall, who write through the join page; half of them leave their name out. The
    first one's phone is the one that the demo shows."""
    found = []
    for number, (name, _, lang) in enumerate(_names(rng, IN_ROOM, ["fr"] * 6)):
        shown = name if rng.random() < 0.5 else ""
        author = Author(key=f"participant:demo-{number:03}", handle="", name=shown)
        found.append(Person("web", author, lang, 1.0))
    return found


def _names(rng: random.Random, count: int, langs: list[str]) -> list[tuple[str, str, str]]:
    """Different names: (as shown, in plain letters, language). The last ones speak `langs`."""
    found: dict[str, tuple[str, str, str]] = {}
    spoken = ["en"] * (count - len(langs)) + langs
    while len(found) < count:
        lang = spoken[len(found)]
        name, plain = _name(rng, lang)
        found.setdefault(name, (name, plain, lang))
    return list(found.values())


def _name(rng: random.Random, lang: str) -> tuple[str, str]:
    if lang == "ar":
        number = rng.randrange(len(_ARABIC[0]))
        last = rng.choice(_ARABIC[1])
        return f"{_ARABIC[0][number]} {last}", f"{_ROMAN[number]} {rng.choice(_PLACES)}"
    if lang == "fr":
        name = f"{rng.choice(_FRENCH[0])} {rng.choice(_FRENCH[1])}"
        return name, name
    first, last = rng.choice(_FIRST), rng.choice(_PLACES) + rng.choice(_ENDINGS)
    if rng.random() < 0.15:
        last = f"{rng.choice(_PLACES)}{rng.choice(_ENDINGS)}-{last}"
    return f"{first} {last}", f"{first} {last.rpartition('-')[2]}"


def _author(rng: random.Random, network: str, number: int, name: str, plain: str, followers: int) -> Author:
    first, last = (_letters(part) for part in plain.split(" ", 1))
    match network:
        case "bluesky":
            key, handle = f"did:plc:demo{number:04}", f"{first}-{last}.{rng.choice(_SKIES)}"
        case "mastodon":
            handle = f"{first}_{last[:4]}@{rng.choice(_HOSTS)}"
            key = f"https://{handle.partition('@')[2]}/users/{number:04}"
        case _:
            key, handle = f"demo-{number:04}", f"{first}_{rng.choice(_TRADES)}_{number}"
    return Author(key=key, handle=handle, name=name, followers=followers)


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).lower()
    return _UNPRONOUNCED.sub("", plain)
