"""The form of a feed, made from its network's configuration: what a page asks, and what was typed into it.

A network's configuration is the pydantic model that its module names `{Network}Config` (`MastodonConfig` in
`wall.feeds.mastodon`). Its fields become one text each; a list of texts is typed with spaces between; of a
list of models (a server and its token) each row is typed apart. Nothing else lists the networks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from wall.feeds.base import networks
from wall.feeds.common.credentials import given_for
from wall.feeds.common.models import config_model, is_list, is_secret, item_model, types_in

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

Kind = Literal["text", "list", "secret", "number", "choice"]


@dataclass(frozen=True)
class Asked:
    """One field of the form. `name` is its path in the configuration (`instances.0.host`), `label` what its
    words are found by (`instances.host`); `row` its number in a list of models. `given`: servers for which
    the environment has this secret, so that it may be left empty."""

    name: str
    label: str
    kind: Kind
    required: bool
    row: int = 0
    value: str = ""
    options: tuple[str, ...] = ()
    given: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """What a page shows in the field: a secret is sent to nobody, who typed it not excepted."""
        return "" if self.kind == "secret" else self.value


def offered() -> tuple[str, ...]:
    """The networks that a page offers: those of which the form is known."""
    return tuple(name for name in networks() if name not in _FILES and config_model(name) is not None)


def ready() -> tuple[str, ...]:
    """The networks that need nothing typed but hashtags: what else they need is proposed."""
    return tuple(name for name in offered() if not any(map(_is_open, fields_of(name))))


def _is_open(one: Asked) -> bool:
    return one.required and not one.value and not one.given and one.label != HASHTAGS


def fields_of(network: str, typed: Mapping[str, str] | None = None) -> tuple[Asked, ...]:
    """The fields of a network's form, filled with what was `typed`, or else with what is proposed."""
    model = config_model(network)
    if model is None:
        return ()
    filled = PROPOSED.get(network, {}) if typed is None else typed
    asked = (_with_given(network, one) for one in _asked(model, _rows_in(filled)))
    return tuple(replace(one, value=filled.get(one.name, "")) for one in asked)


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
    return {name: text for name, value in config.items() if not is_secret(name) and (text := _said(value))}


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return next((str(one) for name, one in value.items() if one and not is_secret(name)), "")
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
        row_model = item_model(field.annotation)
        if row_model is not None:
            for row in range(rows):
                for inner, one in row_model.model_fields.items():
                    required = row == 0 and field.is_required() and one.is_required()
                    yield _one(f"{name}.{row}.{inner}", f"{name}.{inner}", one, required, row)
        else:
            yield _one(name, name, field, field.is_required())


def _one(name: str, label: str, field: FieldInfo, required: bool, row: int = 0) -> Asked:
    options = _options(field.annotation)
    if is_secret(label.rpartition(".")[2]):
        kind: Kind = "secret"
    elif options:
        kind = "choice"
    elif is_list(field.annotation):
        kind = "list"
    else:
        kind = "number" if _holds(field.annotation, float, int) else "text"
    return Asked(name, label, kind, required, row, options=options)


def _with_given(network: str, one: Asked) -> Asked:
    given = given_for(network, one.label) if one.kind == "secret" else ()
    return replace(one, given=given, required=False) if given else one


def _holds(annotation: Any, *kinds: type) -> bool:
    return any(one in kinds for one in types_in(annotation))


def _options(annotation: Any) -> tuple[str, ...]:
    literal = next((one for one in types_in(annotation) if get_origin(one) is Literal), None)
    return tuple(str(one) for one in get_args(literal)) if literal is not None else ()
