"""What server-rendered pages are made of: the catalogue of their words, and their templates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from wall.routes import languages

_WALL = Path(__file__).resolve().parents[1]
_LIVE = _WALL / "static" / "words"
_CATALOGUES = (_LIVE, _LIVE / "desk", _LIVE / "join", _WALL / "words")
"""Those that the live faces read too, of which the desk's and the participants' are apart because no
other face should load them, and those of server-rendered pages. Keys differ."""
_TEMPLATES = _WALL / "templates"
_FIRST = "en"


class Words:
    """Sentences by key and language, from files `{language}.json`: flat keys, `{name}` fields.

    `more`: a folder with languages that were added (`languages`); `added` says how each of them is.
    """

    def __init__(self, more: Path | None = None) -> None:
        self.catalogues: dict[str, dict[str, str]] = {}
        self._live: set[str] = set()
        for file in sorted(file for directory in _CATALOGUES for file in directory.glob("*.json")):
            spoken = self.catalogues.setdefault(file.stem, {})
            spoken.update(said := json.loads(file.read_text(encoding="utf-8")))
            self._live.update(said if file.is_relative_to(_LIVE) else ())
        self.built_in = frozenset(self.catalogues)
        english = self.catalogues[_FIRST]
        self.added = tuple(languages.added(more, english, self.built_in)) if more else ()
        for one in self.added:
            if one.sentences:
                self.catalogues[one.lang] = dict(one.sentences)

    @property
    def live(self) -> dict[str, dict[str, str]]:
        """What the live faces say, by language that was added."""
        return {
            lang: {key: said for key, said in spoken.items() if key in self._live}
            for lang, spoken in self.catalogues.items()
            if lang not in self.built_in
        }

    def say(self, lang: str, key: str, **fields: Any) -> str:
        """The sentence in this language, or in English. Raises KeyError for a key of neither."""
        sentence = self.catalogues.get(lang, {}).get(key) or self.catalogues[_FIRST][key]
        return sentence.format(**fields)

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in self.catalogues[_FIRST]

    def choose(self, *wished: str) -> str:
        """The first wished language (BCP 47 tags) that there is a catalogue for, or English."""
        spoken = (tag.strip().lower().partition("-")[0] for tag in wished)
        return next((lang for lang in spoken if lang in self.catalogues), _FIRST)

    def language_of(self, connection: HTTPConnection) -> str:
        """The language of a page for this browser, by its Accept-Language."""
        return self.choose(*_accepted(connection.headers.get("accept-language", "")))

    def offered(self, connection: HTTPConnection, languages: Sequence[str]) -> str:
        """The language of a page for one person: what their browser wishes among an event's languages,
        or the event's first."""
        known = {tag.lower().partition("-")[0] for tag in languages}
        wished = _accepted(connection.headers.get("accept-language", ""))
        here = (tag for tag in wished if tag.strip().lower().partition("-")[0] in known)
        return self.choose(*here, *languages)


class Views:
    """Pages from templates. Each gets `lang`, `t(key, …)` and what its route gives it."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._templates = Environment(
            loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
        )

    def page(
        self,
        connection: HTTPConnection,
        template: str,
        *,
        status: int = 200,
        lang: str | None = None,
        **context: Any,
    ) -> HTMLResponse:
        """Render a page, in `lang` or else in the browser's language."""
        spoken = lang or self.words.language_of(connection)
        say = partial(self.words.say, spoken)
        return drawn(
            self._templates.get_template(template).render(lang=spoken, t=say, **context), spoken, status
        )


def drawn(html: str, lang: str, status: int = 200) -> HTMLResponse:
    """A page in this language, as an answer."""
    return HTMLResponse(html, status, {"Content-Language": lang, "Vary": "Accept-Language, Cookie"})


def _accepted(header: str) -> list[str]:
    """The tags of an Accept-Language header, most wished first; unreadable parts count least."""
    parts = [part.partition(";") for part in header[:500].split(",")]
    weighed = [(_weight(parameters), tag) for tag, _, parameters in parts]
    return [tag for weight, tag in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name == "q" and 0 <= float(value) <= 1 else 0.0
    except ValueError:
        return 0.0
