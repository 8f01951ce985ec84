"""The form of a feed, made from its network's configuration: what a page asks, and what was typed into it.

A network's configuration is the pydantic model that its module names `{Network}Config` (`MastodonConfig` in
`wall.feeds.mastodon`). Its fields become one text each; a list of texts is typed with spaces between; of a
list of models (a server and its token) each row is typed apart. Nothing else lists the networks.
"""

from __future__ import annotations

import importlib
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from wall.feeds.base import networks

HASHTAGS = "hashtags"
"""The field that every network of hashtags has; a new event fills it in by itself."""
ROWS = 3
"""Rows of a list of models, unless more are filled in. Who adds more uses the command line."""
MOST_ROWS = 20
PROPOSED: dict[str, dict[str, str]] = {"mastodon": {"instances.0.host": "mastodon.social"}}
"""What a field starts with, where most people would type the same."""
_FILES = frozenset({"replay"})
"""Networks that open files of the server: never chosen on a page."""
_ROW = re.compile(r"\w+\.([0-9]{1,2})\.\w+")
_SECRETS = ("token", "password", "secret", "key")

Kind = Literal["text", "list", "secret", "number", "choice"]


@dataclass(frozen=True)
class Asked:
    """One field of the form. `name` is its path in the configuration (`instances.0.host`), `label` what its
    words are found by (`instances.host`); `row` its number in a list of models."""

    name: str
    label: str
    kind: Kind
    required: bool
    row: int = 0
    value: str = ""
    options: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """What a page shows in the field: a secret is sent to nobody, who typed it not excepted."""
        return "" if self.kind == "secret" else self.value


def offered() -> tuple[str, ...]:
    """The networks that a page offers: those of which the form is known."""
    return tuple(name for name in networks() if name not in _FILES and config_model(name) is not None)


def config_model(network: str) -> type[BaseModel] | None:
    """The model of a network's configuration; None where its module names none."""
    module = importlib.import_module(f"wall.feeds.{network}")
    wanted = f"{network.replace('_', '')}config"
    found = (value for name, value in vars(module).items() if name.lower() == wanted)
    return next((one for one in found if isinstance(one, type) and issubclass(one, BaseModel)), None)


def fields_of(network: str, typed: Mapping[str, str] | None = None) -> tuple[Asked, ...]:
    """The fields of a network's form, filled with what was `typed`, or else with what is proposed."""
    model = config_model(network)
    if model is None:
        return ()
    filled = PROPOSED.get(network, {}) if typed is None else typed
    return tuple(replace(one, value=filled.get(one.name, "")) for one in _asked(model, _rows_in(filled)))


def entered(config: Mapping[str, Any]) -> dict[str, str]:
    """What somebody typed to get this configuration, by field: for a form that is filled in again."""
    typed: dict[str, str] = {}
    for name, value in config.items():
        several = value if isinstance(value, list | tuple) else ()
        if several and isinstance(several[0], Mapping):
            for row, one in enumerate(several):
                typed |= {f"{name}.{row}.{inner}": text for inner, text in entered(one).items()}
        elif isinstance(value, list | tuple):
            typed[name] = " ".join(map(str, value))
        else:
            typed[name] = "" if value is None else str(value)
    return typed


def typed_config(network: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """The configuration that was typed, without what was left empty: what `check_config` takes."""
    config: dict[str, Any] = {}
    rows: dict[str, dict[int, dict[str, str]]] = {}
    for one in fields_of(network, typed):
        value = one.value.strip()
        if not value:
            continue
        top, _, inner = one.name.partition(".")
        if inner:
            row, _, field = inner.partition(".")
            rows.setdefault(top, {}).setdefault(int(row), {})[field] = value
        else:
            config[top] = _parts(value) if one.kind == "list" else value
    return config | {top: [found[row] for row in sorted(found)] for top, found in rows.items()}


def wrong_names(network: str, typed: Mapping[str, str], fields: list[str]) -> frozenset[str]:
    """The names of form fields that an error of `check_config` is about."""
    asked = fields_of(network, typed)
    used = sorted({one.row for one in asked if "." in one.name and one.value.strip()})
    wrong: set[str] = set()
    for field in fields:
        top, *rest = field.split(".")
        row = used[int(rest[0])] if rest and rest[0].isdigit() and int(rest[0]) < len(used) else 0
        inner = rest[1] if len(rest) > 1 else ""
        wrong |= {
            one.name
            for one in asked
            if one.name == top or (one.name.startswith(f"{top}.{row}.") and one.name.endswith(inner))
        }
    return frozenset(wrong)


def in_words(config: Mapping[str, Any]) -> dict[str, str]:
    """A feed's configuration as a page shows it, by label: hosts and words, never a secret."""
    return {name: text for name, value in config.items() if not _is_secret(name) and (text := _said(value))}


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return next((str(one) for name, one in value.items() if one and not _is_secret(name)), "")
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(_said, value)))
    return "" if value is None or isinstance(value, bool) else str(value)


def _parts(value: str) -> list[str]:
    return [part for part in value.replace(",", " ").split() if part]


def _rows_in(typed: Mapping[str, str]) -> int:
    """How many rows a form needs for what is in it."""
    found = (_ROW.fullmatch(name) for name in typed)
    return min(max([ROWS, *(int(one[1]) + 1 for one in found if one)]), MOST_ROWS)


def _asked(model: type[BaseModel], rows: int) -> Iterator[Asked]:
    for name, field in model.model_fields.items():
        row_model = _item_model(field.annotation)
        if row_model is not None:
            for row in range(rows):
                for inner, one in row_model.model_fields.items():
                    required = row == 0 and field.is_required() and one.is_required()
                    yield _one(f"{name}.{row}.{inner}", f"{name}.{inner}", one, required, row)
        else:
            yield _one(name, name, field, field.is_required())


def _one(name: str, label: str, field: FieldInfo, required: bool, row: int = 0) -> Asked:
    options = _options(field.annotation)
    if _is_secret(label.rpartition(".")[2]):
        kind: Kind = "secret"
    elif options:
        kind = "choice"
    elif _is_list(field.annotation):
        kind = "list"
    else:
        kind = "number" if _holds(field.annotation, float, int) else "text"
    return Asked(name, label, kind, required, row, options=options)


def _is_secret(name: str) -> bool:
    return any(part in name.lower() for part in _SECRETS)


def _inner(annotation: Any) -> Iterator[Any]:
    """The types within an annotation, from the outside."""
    yield annotation
    if get_origin(annotation) in (Annotated, Union, types.UnionType, tuple, list):
        of = get_args(annotation)
        for one in of[:1] if get_origin(annotation) is Annotated else of:
            yield from _inner(one)


def _item_model(annotation: Any) -> type[BaseModel] | None:
    if not _is_list(annotation):
        return None
    found = (one for one in _inner(annotation) if isinstance(one, type) and not get_origin(one))
    return next((one for one in found if issubclass(one, BaseModel)), None)


def _is_list(annotation: Any) -> bool:
    return any(get_origin(one) in (tuple, list) for one in _inner(annotation))


def _holds(annotation: Any, *kinds: type) -> bool:
    return any(one in kinds for one in _inner(annotation))


def _options(annotation: Any) -> tuple[str, ...]:
    literal = next((one for one in _inner(annotation) if get_origin(one) is Literal), None)
    return tuple(str(one) for one in get_args(literal)) if literal is not None else ()
