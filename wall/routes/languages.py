"""Languages that an organiser adds without code: files `{language}.json` in the folder `words` of the data
directory, with the keys of the catalogue and sentences of their own.

What is missing in such a file is said in English. What cannot be used is left out and named, so that one
wrong line loses nothing of the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from string import Formatter

from fastapi import APIRouter, Request
from starlette.responses import Response

from wall.errors import NotFound
from wall.hygiene import tidy

FOLDER = "words"
"""In the data directory."""
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Added:
    """A language that was added: its sentences by key, and what of its file cannot be used, in words."""

    lang: str
    sentences: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    missing: int = 0
    """Sentences that are said in English, because the file has none."""


def added(folder: Path, english: Mapping[str, str], built_in: Collection[str]) -> Iterator[Added]:
    """The languages of a folder, by name of their file; none where there is no such folder. Those that are
    `built_in` cannot be added: live faces carry them."""
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        if file.stem in built_in:
            yield Added(file.stem, problems=("This language comes with Backchannel and is not replaced.",))
        else:
            yield _read(file, english)


def _read(file: Path, english: Mapping[str, str]) -> Added:
    lang = file.stem
    if not _LANGUAGE.fullmatch(lang):
        return Added(lang, problems=("Its name is not a language: it must be like de.json or pt.json.",))
    try:
        if file.stat().st_size > _MOST_BYTES:
            return Added(lang, problems=(f"It is larger than {_MOST_BYTES:,} bytes.",))
        read = json.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        return Added(lang, problems=(f"It cannot be read: {problem.strerror}.",))
    except UnicodeDecodeError:
        return Added(lang, problems=("It is not UTF-8.",))
    except ValueError as problem:
        return Added(lang, problems=(f"It is not JSON: {problem}.",))
    if not isinstance(read, dict):
        return Added(lang, problems=("It must be one object of keys and sentences.",))
    return _checked(lang, read, english)


def _checked(lang: str, read: Mapping[str, object], english: Mapping[str, str]) -> Added:
    sentences, problems = {}, []
    for key, said in read.items():
        if problem := _problem(key, said, english):
            problems.append(problem)
        else:
            sentences[key] = tidy(str(said))
    return Added(lang, sentences, tuple(problems), len(english.keys() - sentences.keys()))


def _problem(key: str, said: object, english: Mapping[str, str]) -> str | None:
    if key not in english:
        return f"{key!r}: there is no such sentence (any more)."
    if not isinstance(said, str) or not said.strip():
        return f"{key}: it must be a sentence between quotation marks."
    try:
        holes = _holes(said)
    except ValueError:
        return f"{key}: a {{ or }} stands alone."
    if extra := holes - _holes(english[key]):
        return f"{key}: it has {{{min(extra)}}}, which the English sentence has not: {english[key]}"
    return None


def _holes(sentence: str) -> set[str]:
    """The names between braces. Raises ValueError for braces that do not match."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def template(lang: str, english: Mapping[str, str], known: Mapping[str, str]) -> str:
    """What a translator starts from: every key, with the sentence of the language or else of English.
    Raises NotFound for what is no language."""
    if not _LANGUAGE.fullmatch(lang):
        raise NotFound(
            "That is not a language.", remedy="Use its code of two or three letters, such as de."
        )
    return json.dumps({**english, **known}, ensure_ascii=False, indent=2)


class LanguageRoutes:
    """`/words/{lang}.json`: what the live faces say in a language that was added."""

    def __init__(self, live: Mapping[str, Mapping[str, str]]) -> None:
        """`live`: what the faces say, by language that was added."""
        self._bodies = {
            lang: json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
            for lang, said in live.items()
        }
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/words/{lang}.json", self.words, methods=["GET", "HEAD"])

    async def words(self, lang: str, request: Request) -> Response:
        """Its sentences by key. Raises NotFound for a language that came with the faces, or for none."""
        body = self._bodies.get(lang)
        if body is None:
            raise NotFound("There are no words of this language here.")
        tag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)
