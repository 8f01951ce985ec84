"""What a network's configuration is made of: its model, its secrets, and the server that they are for.

A network's configuration is the pydantic model that its module names `{Network}Config` (`MastodonConfig` in
`wall.feeds.mastodon`).
"""

from __future__ import annotations

import importlib
import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from wall.feeds.common.fields import Host

_SECRETS = ("token", "password", "secret", "key")
_, _HOST = get_args(Host)


def config_model(network: str) -> type[BaseModel] | None:
    """The model of a network's configuration; None where its module names none."""
    module = importlib.import_module(f"wall.feeds.{network}")
    wanted = f"{network.replace('_', '')}config"
    found = (value for name, value in vars(module).items() if name.lower() == wanted)
    return next((one for one in found if isinstance(one, type) and issubclass(one, BaseModel)), None)


def is_secret(name: str) -> bool:
    """Whether a field of this name holds a token or a password."""
    return any(part in name.lower() for part in _SECRETS)


def types_in(annotation: Any) -> Iterator[Any]:
    """The types within an annotation, from the outside."""
    yield annotation
    if get_origin(annotation) in (Annotated, Union, types.UnionType, tuple, list):
        of = get_args(annotation)
        for one in of[:1] if get_origin(annotation) is Annotated else of:
            yield from types_in(one)


def is_list(annotation: Any) -> bool:
    """Whether a field holds several things."""
    return any(get_origin(one) in (tuple, list) for one in types_in(annotation))


def item_model(annotation: Any) -> type[BaseModel] | None:
    """The model of each of several things (a server and its token); None where they are no models."""
    if not is_list(annotation):
        return None
    found = (one for one in types_in(annotation) if isinstance(one, type) and not get_origin(one))
    return next((one for one in found if issubclass(one, BaseModel)), None)


def server_field(model: type[BaseModel]) -> tuple[str, FieldInfo] | None:
    """The field that names the one server to which a model's secrets are sent; None where there is none."""
    return next((one for one in model.model_fields.items() if _HOST in one[1].metadata), None)
