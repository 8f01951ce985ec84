"""Credentials that whoever runs the server gave by its environment, for feeds that leave theirs empty.

They are kept in this process alone: what is stored of a feed names the variables that it uses and holds
none of them. Each is for one server, and is sent to no other: who may add a feed chooses its server, and
must not learn what they were not given. Whoever may add a feed may use one. Where reading costs money, each
feed that does has a budget of at most what is beside it in the environment.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from wall.errors import BadInput, FeedFatal, SetupProblem
from wall.feeds.common.fields import Host, listed, name_of
from wall.feeds.common.models import config_model, is_secret, item_model, server_field

PREFIX = "BACKCHANNEL_CREDENTIALS_"

BUDGET = "budget"
"""The field of a network's configuration that says how much money a feed may spend."""

ENVIRONMENT = "environment"
"""The field of a stored configuration that names the variables which its credentials are in."""

Config = dict[str, Any]
Check = Callable[[Config], Config]
_Used = dict[str, str]
"""By its path in a configuration, the variable that a credential is in."""
_HOST: TypeAdapter[str] = TypeAdapter(Host)
_given: dict[str, str] = {}


def provide(given: Mapping[str, str], networks: tuple[str, ...]) -> None:
    """Give the process its credentials, by variable, in place of those that it had. `networks`: all.

    Raises SetupProblem for a variable that no feed would ever read, and for a budget that is none.
    """
    known = list(_known(networks)) if given else []
    for variable in given:
        if not any(variable == whole or (of and variable.startswith(of)) for whole, of in known):
            near = _nearest(variable, [whole for whole, _ in known])
            raise SetupProblem(
                f"No feed reads {variable}.",
                remedy=f"Did you mean {near}? docs/how-to/run-feeds.md says how these are named.",
            )
    for network in networks if given else ():
        _require_budget(network, given)
    _given.clear()
    _given.update(given)


def given_for(network: str, label: str) -> tuple[str, ...]:
    """The servers for which the environment has a secret of this field (`instances.token`); the network's
    name where it has no servers. Empty where the environment has none."""
    before, dot, name = label.rpartition(".")
    model = dict(_models_of(network)).get(f"{before}{dot}") if _given else None
    if model is None:
        return ()
    start, server = _variable(network, name), server_field(model)
    home = network if server is None else str(server[1].default)
    found = (one.removeprefix(start) for one in sorted(_given) if one.startswith(start))
    return tuple(_readable(place[1:]) if place else home for place in found if place[:1] in ("", "_"))


def checked(network: str, config: Mapping[str, Any], check: Check) -> Config:
    """What `check` makes of a configuration, with the credentials of the environment where it leaves them
    empty: their variables are named in it, and they are not in it. Raises BadInput as `check` does, and for
    a budget that is larger than with these."""
    plain = {name: value for name, value in config.items() if name != ENVIRONMENT}
    filled, used = _filled(network, plain)
    if not used:
        return check(plain)
    try:
        made = check(filled)
    except BadInput:
        if (alone := _taken(plain, check)) is None:
            raise
        return alone
    _require_within(network, made)
    for path in used:
        _forget(made, path)
    return made | {ENVIRONMENT: sorted(set(used.values()))}


def complete(network: str, config: Mapping[str, Any], check: Check) -> Config:
    """A stored configuration as its network takes it, with the credentials of the environment, and no
    larger budget than with these: what is stored may be older than it.

    Raises FeedFatal where one that it had is not there any more.
    """
    missing = next((one for one in config.get(ENVIRONMENT, ()) if one not in _given), None)
    if missing is not None:
        raise FeedFatal(
            f"The token or password of this feed is not in the server's environment any more: {missing}.",
            remedy="Set it again and start the server anew, or enter the settings with a token of its own.",
        )
    plain = {name: value for name, value in config.items() if name != ENVIRONMENT}
    filled, used = _filled(network, plain)
    if not used or (made := _taken(filled, check)) is None:
        return plain
    most = _most(network)
    return filled if most is None else filled | {BUDGET: min(made[BUDGET], most)}


def from_environment(config: Mapping[str, Any]) -> list[str]:
    """A sentence about a stored configuration with credentials of the environment; none about another."""
    variables = config.get(ENVIRONMENT)
    return [f"From the environment: {', '.join(variables)}."] if variables else []


def _most(network: str) -> float | None:
    """How much a feed may spend with the environment's credentials: what is beside them, or what feeds have
    that say nothing of it. None where reading costs nothing."""
    model = config_model(network)
    field = model.model_fields.get(BUDGET) if model else None
    if field is None:
        return None
    return _money(field, _given.get(_variable(network, BUDGET), field.default))


def _money(field: FieldInfo, given: object) -> float:
    return float(TypeAdapter(field.rebuild_annotation()).validate_python(given))


def _require_budget(network: str, given: Mapping[str, str]) -> None:
    """Raise SetupProblem for a budget that no feed could have."""
    model, variable = config_model(network), _variable(network, BUDGET)
    if model is None or variable not in given:
        return
    try:
        _money(model.model_fields[BUDGET], given[variable])
    except ValidationError:
        raise SetupProblem(
            f"{variable} is no budget that a feed can have.",
            remedy="Set it to US dollars a month, as a plain number such as 50 (which it is if unset).",
        ) from None


def _require_within(network: str, made: Config) -> None:
    """Raise BadInput for a feed that would spend more than it may with the environment's credentials."""
    most = _most(network)
    if most is not None and made[BUDGET] > most:
        raise BadInput(
            f"With the token of the server's environment a feed may spend at most ${most:g} a month.",
            remedy=f'Set "{BUDGET}" to {most:g} or less, give the feed a token of its own, or ask '
            f"whoever runs the server to set {_variable(network, BUDGET)} higher.",
            fields=[BUDGET],
        )


def _taken(config: Config, check: Check) -> Config | None:
    try:
        return check(config)
    except BadInput:
        return None


def _filled(network: str, config: Config) -> tuple[Config, _Used]:
    """The configuration with what the environment has for it; with the budget that it leaves empty, too."""
    model = config_model(network) if _given else None
    if model is None:
        return config, {}
    filled, used = _with_secrets(network, model, config, "")
    if used and BUDGET in model.model_fields and config.get(BUDGET) in (None, ""):
        filled = filled | {BUDGET: min(_most(network) or 0.0, model.model_fields[BUDGET].default)}
    for name, row_model in _rows_of(model):
        rows = listed(config.get(name))
        if not isinstance(rows, list | tuple):
            continue
        pairs = [
            _with_secrets(network, row_model, _row(one, row_model), f"{name}.{number}.")
            for number, one in enumerate(rows)
        ]
        if more := {path: variable for _, some in pairs for path, variable in some.items()}:
            filled, used = filled | {name: [row for row, _ in pairs]}, used | more
    return filled, used


def _with_secrets(network: str, model: type[BaseModel], config: Any, at: str) -> tuple[Any, _Used]:
    """One level of a configuration with its secrets."""
    if not isinstance(config, Mapping):
        return config, {}
    used = {
        name: variable
        for name in filter(is_secret, model.model_fields)
        if not config.get(name) and (variable := _found(network, model, config, name))
    }
    secrets = {name: _given[variable] for name, variable in used.items()}
    return {**config, **secrets}, {f"{at}{name}": variable for name, variable in used.items()}


def _found(network: str, model: type[BaseModel], config: Mapping[str, Any], name: str) -> str | None:
    """The variable that a field's secret is in, for the server that is named beside it; one that names no
    server is for the one that the network has by itself."""
    server = server_field(model)
    if server is None:
        wanted = [_variable(network, name)]
    else:
        home = None if server[1].is_required() else server[1].default
        host = _host(config.get(server[0]) or home)
        wanted = [_variable(network, name, host)] if host else []
        wanted += [_variable(network, name)] if host and host == home else []
    return next((one for one in wanted if one in _given), None)


def _host(value: Any) -> str | None:
    try:
        return _HOST.validate_python(value)
    except (ValidationError, UnicodeError):
        return None


def _row(one: Any, model: type[BaseModel]) -> Any:
    """One of several servers, which may be its name alone."""
    server = server_field(model)
    return {server[0]: one} if isinstance(one, str) and server else one


def _forget(config: Config, path: str) -> None:
    *way, name = path.split(".")
    at: Any = config
    for step in way:
        at = at[int(step)] if step.isdecimal() else at[step]
    del at[name]


def _rows_of(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in model.model_fields.items():
        if (row_model := item_model(field.annotation)) is not None:
            yield name, row_model


def _models_of(network: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """Where secrets of a network are: the path before their name, and the model."""
    model = config_model(network)
    if model is not None:
        yield "", model
        for name, row_model in _rows_of(model):
            yield f"{name}.", row_model


def _known(networks: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The variables that feeds read: one whole, perhaps as an example, and how those of a server begin."""
    for network in networks:
        for at, model in _models_of(network):
            if not at and BUDGET in model.model_fields:
                yield _variable(network, BUDGET), ""
            server = server_field(model)
            for name in filter(is_secret, model.model_fields):
                alone = server is None or not server[1].is_required()
                yield (
                    _variable(network, name, "" if alone else "example.org"),
                    (f"{_variable(network, name)}_" if server else ""),
                )


def _nearest(variable: str, known: list[str]) -> str:
    longer = (one for one in known if one.startswith(variable))
    return next(longer, None) or difflib.get_close_matches(variable, known, n=1, cutoff=0)[0]


def _variable(network: str, field: str, server: str = "") -> str:
    """`…_MASTODON_TOKEN_CHAT_MY__UNI_ORG` for chat.my-uni.org. No two servers have the same: in a name no
    hyphen stands beside a dot."""
    place = name_of(server).replace("-", "__").replace(".", "_").replace(":", "_")
    return f"{PREFIX}{network}_{field}{'_' if place else ''}{place}".upper()


def _readable(place: str) -> str:
    """The server of a variable's last part."""
    return place.lower().replace("__", "-").replace("_", ".")
