"""What people of the made-up summit write, by the minute of the day and their language. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass

from wall.demo import day
from wall.demo.grammar import Phrases, tables

HASHTAG = "SMSummit"

_TOPICS = ("ethics", "quality", "scholarship", "theory")
_SESSION_KINDS = {
    "claim": 30,
    "question": 19,
    "experience": 18,
    "evidence": 10,
    "challenge": 10,
    "quote": 10,
}
_OTHER_KINDS = {
    "fr": {"claim": 10, "question": 7, "experience": 4},
    "ar": {"claim": 7, "question": 5, "experience": 3},
}
_OF_PHASE = {"arrival": 1.0, "keynote": 0.85, "midday": 0.5, "closing": 0.6}
"""How much of what is said belongs to the phase of the day, and not to a session."""
_FILES = {"fr": "french", "ar": "arabic"}


@dataclass(frozen=True)
class Line:
    """Words, and what they are: `kind` is one that the phrase tables have."""

    text: str
    topic: str
    kind: str
    lang: str = "en"
    warning: str | None = None


class Writer:
    """Writes lines, never the same one twice but for what people do say twice."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        said: set[str] = set()
        names = ("general", "replies", "odd", *_TOPICS, *_FILES.values())
        self._phrases = {name: Phrases(name, rng, said) for name in names}

    def line(self, lang: str, minute: float) -> Line:
        """What somebody says of their own accord."""
        topic = self._topic(minute)
        if lang in _FILES and self._rng.random() < 0.8:
            return self._foreign(lang, minute, topic)
        if self._rng.random() < 0.06:
            return Line(self._general("offtopic"), "general", "offtopic")
        phase = day.phase(minute)
        if self._rng.random() < _OF_PHASE.get(phase, 0):
            return Line(self._general(phase), "general", phase)
        return self._in_session(topic)

    def reply(self, lang: str, topic: str) -> Line:
        """An answer to something about a topic."""
        if lang in _FILES:
            return Line(self._draw(_FILES[lang], "reply"), topic, "reply", lang)
        about = topic if topic in _TOPICS and self._rng.random() < 0.6 else "replies"
        text = self._draw(about, "reply")
        roll = self._rng.random()
        if about in _TOPICS and roll < 0.5:
            text = (
                f"{text} {self._draw('replies', 'reply')}" if roll < 0.2 else self._with_more(text, about)
            )
        return Line(text, topic, "reply")

    def thread(self, minute: float) -> list[Line]:
        """Three posts that follow each other."""
        topic = self._topic(minute)
        return [
            Line(self._draw("replies", f"thread_{part}"), topic, "thread")
            for part in ("open", "middle", "close")
        ]

    def odd(self, kind: str, minute: float) -> Line:
        """What does not belong, what is to be looked at first, and what everybody says."""
        if kind == "brief":
            return Line(self._draw("replies", "brief", tries=1), "general", "brief")
        topic = self._topic(minute)
        warning = self._draw("odd", "warning") if kind == "warned" else None
        return Line(self._draw("odd", kind), topic, kind, warning=warning)

    def phone(self) -> tuple[str, ...]:
        """What the person writes whose phone the demo shows, in the order of the day."""
        return tables("odd")["phone"]

    def in_hall(self, lang: str, minute: float) -> Line:
        """What somebody in the hall types on their phone."""
        topic = self._topic(minute)
        if lang == "fr":
            return Line(self._draw("french", "question"), topic, "question", "fr")
        if self._rng.random() < 0.35:
            kind = self._rng.choice(("question", "experience"))
            return Line(self._draw(topic, kind), topic, kind)
        text = self._draw("odd", "web")
        return Line(text, topic, "question" if text.endswith("?") else "claim")

    def _in_session(self, topic: str) -> Line:
        kinds = dict(_SESSION_KINDS)
        if topic in {"quality", "scholarship", "theory"}:
            kinds["resource"] = 4
        kind = self._rng.choices(list(kinds), list(kinds.values()))[0]
        text = self._draw(topic, kind)
        roll = self._rng.random()
        if kind in {"claim", "challenge", "question"} and roll < 0.16:
            text = f"{self._draw('general', 'opener')} {_lowered(text)}"
        elif kind in {"claim", "experience", "evidence"} and roll > 0.86:
            text = f"{text} {self._draw('general', 'tail')}"
        return Line(text, topic, kind)

    def _foreign(self, lang: str, minute: float, topic: str) -> Line:
        kinds = _OTHER_KINDS[lang]
        kind = self._rng.choices(list(kinds), list(kinds.values()))[0]
        if minute < 25:
            kind = "arrival"
        return Line(self._draw(_FILES[lang], kind), topic, kind, lang)

    def _with_more(self, text: str, topic: str) -> str:
        return f"{text} {self._draw(topic, 'experience' if self._rng.random() < 0.4 else 'claim')}"

    def _topic(self, minute: float) -> str:
        running = day.topics(minute)
        return self._rng.choice(running or (_TOPICS[:2] if minute < 200 else _TOPICS[2:]))

    def _general(self, kind: str) -> str:
        return self._draw("general", kind)

    def _draw(self, name: str, kind: str, tries: int = 30) -> str:
        return self._phrases[name].draw(kind, tries=tries)


def _lowered(text: str) -> str:
    """A sentence that goes on after a colon; a lone I or an abbreviation keeps its capital."""
    first = text.split(" ", 1)[0]
    keeps = first in {"I", "I'm"} or not first.istitle() or not first.isalpha()
    return text if keeps else text[0].lower() + text[1:]
