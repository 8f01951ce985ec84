"""Settings: the environment holds process and secrets; what an organiser edits is in the database.

Only the composition root and the command line read this; everybody else is given values.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import secrets
import sys
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from wall.errors import SetupProblem

PREFIX = "BACKCHANNEL_"
CREDENTIALS = f"{PREFIX}CREDENTIALS_"
_FILE = "_FILE"
_FILE_BYTES = 10_000
_SECRET_CHARACTERS = 32
_HOST = re.compile(r"(?:[a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:.]+\]")

_HOST_AND_PORT = re.compile(rf"(?:{_HOST.pattern})(?::[0-9]+)?")


def _origin(text: str) -> str:
    parts = urlsplit(text.strip().rstrip("/").lower())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError("it must look like https://wall.example.org")
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("it must be a scheme, a host and perhaps a port, with nothing after them")
    return f"{parts.scheme}://{parts.netloc}"


def _mail_server(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.port == 0:
        raise ValueError("it must look like smtps://user:password@mail.example.org")
    return url.strip()


def _listed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tuple(part.strip().lower() for part in value.split(",") if part.strip())


def _hosts(names: tuple[str, ...]) -> tuple[str, ...]:
    if not all(_HOST.fullmatch(name) for name in names):
        raise ValueError("it must be host names without port or wildcard, separated by commas")
    return names


def _origins(names: tuple[str, ...]) -> tuple[str, ...]:
    """Origins as a security policy lists them: a host of other characters would end the list."""
    origins = tuple(map(_origin, names))
    if not all(_HOST_AND_PORT.fullmatch(one.partition("://")[2]) for one in origins):
        raise ValueError("it must be addresses like https://www.example.org, separated by commas")
    return origins


def _networks(value: Any) -> Any:
    try:
        return tuple(map(ipaddress.ip_network, _listed(value)))
    except ValueError:
        raise ValueError(
            "it must be networks such as 10.1.0.0/16 or fd00::/8, separated by commas"
        ) from None


Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)]


class Settings(BaseSettings):
    """How this process runs. Every field is read from `BACKCHANNEL_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    data_dir: Path = Field(
        Path(".backchannel"), description="Directory for the SQLite database and the generated secret key."
    )
    database_url: str | None = Field(
        None,
        repr=False,
        description="Database as a URL: `sqlite:///path/to/file.db` or "
        "`postgresql://user:password@host/name`. Without it, `backchannel.db` in the data directory.",
    )
    redis_url: str | None = Field(
        None,
        repr=False,
        description="Redis or Valkey that carries the doorbell between several `serve` processes, as "
        "`redis://host:6379/0`. Needs PostgreSQL and a given secret key. Without it, one process.",
    )
    secret_key: Annotated[str, Field(min_length=_SECRET_CHARACTERS)] | None = Field(
        None,
        repr=False,
        description="Secret of at least 32 characters, the same for all processes of an instance. Without "
        "it, one is generated in `secret.key` in the data directory, readable by its owner only.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on. `0.0.0.0` for the whole network.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        8000, description="TCP port to listen on; 0 takes any free one."
    )
    public_url: Annotated[str, AfterValidator(_origin)] | None = Field(
        None,
        description="Address under which people reach this server, such as `https://wall.example.org`, "
        "without a path. Links are made with it and browsers are checked against it. Needed behind a proxy "
        "and for any registered host name.",
    )
    allowed_hosts: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(_listed), AfterValidator(_hosts)
    ] = Field(
        (),
        description="Further host names that requests may name, separated by commas. IP addresses, "
        "`localhost`, single-label and `.local` names are always allowed.",
    )
    embed_origins: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(_listed), AfterValidator(_origins)
    ] = Field(
        (),
        description="Addresses of sites that may show `/embed/…` in a frame, such as "
        "`https://www.example.org`, separated by commas. Without it, only this server's own pages.",
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, "
        "separated by commas.",
    )
    metrics_port: Annotated[int, Field(ge=0, le=65535)] | None = Field(
        None,
        description="TCP port for Prometheus metrics, apart from the pages. Without it, none are served.",
    )
    metrics_host: str = Field("127.0.0.1", description="Address on which metrics are served.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least important messages that are logged."
    )
    log_format: Literal["auto", "text", "json"] = Field(
        "auto", description="Form of log lines: `auto` is text on a terminal and JSON elsewhere."
    )
    sign_in_days: Annotated[int, Field(ge=1, le=365)] = Field(
        30, description="Days after which a person has to sign in again."
    )
    body_limit_bytes: Annotated[int, Field(ge=1_024)] = Field(
        65_536, description="Largest request body that is read, in bytes."
    )
    request_seconds: Annotated[float, Field(gt=0)] = Field(
        20, description="Seconds within which a request has to arrive whole, or its connection is closed."
    )
    beat_seconds: Annotated[float, Field(gt=0, le=30)] = Field(
        15, description="Seconds between beats to live readers, who reconnect after 35 s of silence."
    )
    socket_unsent_bytes: Annotated[int, Field(ge=65_536)] = Field(
        1_048_576, description="Unsent bytes at which a live reader who does not read is cut off."
    )
    socket_stuck_seconds: Annotated[float, Field(gt=0)] = Field(
        20,
        description="Seconds without progress after which a live reader who does not read is cut off, and "
        "so is a client who does not take its answer.",
    )

    posts_per_minute_per_address: Annotated[int, Field(ge=1, le=100_000)] = Field(
        1_000,
        description="Posts that people who are not signed in may send in a minute from one network "
        "address. A venue's phones often share one: 300 points within half a minute must fit.",
    )
    feed_lease_seconds: Annotated[float, Field(ge=1, le=600)] = Field(
        12,
        description="Seconds after which the feeds of a process that died are taken over by another. "
        "The same for all processes of an instance.",
    )
    plain_hosts: bool = Field(
        False,
        description="`true` lets feeds be added on pages and over HTTP that ask servers of this machine "
        "without TLS, as `http://127.0.0.1:3000`: for tests. Whoever may add feeds can then have this "
        "server ask any of its own ports. The command line always may.",
    )

    media_cache_bytes: Annotated[int, Field(ge=1_048_576)] = Field(
        268_435_456,
        description="Most bytes that pictures from outside take up in the data directory; the least used "
        "go first.",
    )
    media_trusted_networks: Networks = Field(
        (),
        description="Networks from which pictures are fetched although they are not of the public "
        "internet, such as an intranet's `10.1.0.0/16`, separated by commas. Whoever posts can then "
        "have this server ask any host in them.",
    )
    media_refused_networks: Networks = Field(
        (),
        description="Networks from which pictures are never fetched, such as an intranet with public "
        "addresses, separated by commas. They win over trusted ones.",
    )
    media_ports: Annotated[
        tuple[Annotated[int, Field(ge=1, le=65535)], ...], NoDecode, BeforeValidator(_listed)
    ] = Field((80, 443), description="TCP ports from which pictures are fetched, separated by commas.")

    smtp_url: Annotated[str, AfterValidator(_mail_server)] | None = Field(
        None,
        repr=False,
        description="Mail server by which organisers are alarmed who wish so, as "
        "`smtps://user:password@mail.example.org` (port 465) or `smtp://…` (port 587, made secure before "
        "anything is said). Needs `BACKCHANNEL_MAIL_FROM`. Without it, no e-mail is sent.",
    )
    mail_from: Annotated[str, Field(pattern=r"^[^\s@<>,;]{1,64}@[A-Za-z0-9.-]{1,255}$")] | None = Field(
        None, description="Address from which e-mail is sent, such as `backchannel@example.org`."
    )

    @property
    def database(self) -> str:
        """The database as a URL: the given one, or SQLite in the data directory."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'backchannel.db').absolute()}"

    def credentials(self) -> dict[str, str]:
        """Credentials of feeds, by variable: `BACKCHANNEL_CREDENTIALS_…`, or the content of the file that
        `…_FILE` names. Raises SetupProblem for a file that cannot be read, and where there are both."""
        found: dict[str, str] = {}
        for variable, value in sorted(os.environ.items()):
            name = variable.upper().removesuffix(_FILE)
            if not name.startswith(CREDENTIALS) or not value.strip():
                continue
            if name in found:
                raise SetupProblem(f"{name} is given twice.", remedy=f"Unset it, or {name}{_FILE}.")
            found[name] = _content(name, value) if variable.upper().endswith(_FILE) else value.strip()
        return found

    def make_data_dir(self) -> Path:
        """Make the data directory, for its owner only, unless it is there. Raises SetupProblem."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as exc:
            raise SetupProblem(
                f"The data directory {self.data_dir} cannot be made: {exc.strerror}.",
                remedy="Set BACKCHANNEL_DATA_DIR to a directory that this user may write to.",
            ) from exc
        return self.data_dir

    def secret(self) -> bytes:
        """The secret key: the given one, or the one in the data directory, made if need be.

        Raises SetupProblem when it must be given and is not, or cannot be read.
        """
        if self.secret_key is not None:
            return self.secret_key.encode()
        if self.redis_url is not None:
            raise SetupProblem(
                "Several processes share one secret key, and none is given.",
                remedy="Set BACKCHANNEL_SECRET_KEY to the same 32 or more random characters everywhere.",
            )
        return _secret_in(self.make_data_dir() / "secret.key")


def load(**given: Any) -> Settings:
    """Settings from the environment; `given` values (of the command line) win.

    Raises SetupProblem for a value that cannot be used and for an unknown BACKCHANNEL_ variable.
    """
    refuse_unknown(os.environ)
    try:
        return Settings(**given)
    except ValidationError as exc:
        raise _in_words(exc) from None


def refuse_unknown(environ: Mapping[str, str]) -> None:
    """Raise SetupProblem for a BACKCHANNEL_ variable that no field reads: a typo must not pass."""
    known = [_variable(name) for name in Settings.model_fields]
    for name in sorted(environ):
        ours = name.upper().startswith(PREFIX) and not name.upper().startswith(CREDENTIALS)
        if ours and name.upper() not in known:
            raise SetupProblem(f"There is no setting {name}.", remedy=_nearest(name.upper(), known))


def settings_markdown() -> str:
    """The reference page of all settings, docs/reference/settings.md."""
    rows = "".join(_row(name, field) for name, field in Settings.model_fields.items())
    return (
        "# Settings\n\n"
        "Backchannel reads these variables of its environment. An empty one counts as not set; an unknown\n"
        "one that begins with `BACKCHANNEL_` is an error. What an organiser edits is in the database.\n\n"
        "This page is generated: `python -m wall.settings > docs/reference/settings.md`.\n\n"
        f"| variable | default | meaning |\n|---|---|---|\n{rows}"
        f"| `{CREDENTIALS}…` |  | Tokens and passwords for feeds that leave theirs empty, such as "
        f"`{CREDENTIALS}X_TOKEN`; with `{_FILE}` at the end, the file that holds one. They are not stored "
        "([how they are named](../how-to/run-feeds.md#from-the-environment)). |\n"
    )


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _row(name: str, field: FieldInfo) -> str:
    given = field.default
    shown = ",".join(map(str, given)) if isinstance(given, tuple) else given
    default = "" if given in (None, ()) else f"`{shown}`"
    return f"| `{_variable(name)}` | {default} | {field.description} |\n"


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0)
    return f"Did you mean {near[0]}? docs/reference/settings.md lists all of them."


def _in_words(exc: ValidationError) -> SetupProblem:
    first = exc.errors(include_input=False, include_url=False)[0]
    name = _variable(str(first["loc"][0])) if first["loc"] else "The configuration"
    reason = first["msg"].removeprefix("Value error, ")
    return SetupProblem(
        f"{name} cannot be used: {reason}.", remedy=f"Correct {name}, then start again.", setting=name
    )


def _content(name: str, path: str) -> str:
    """A credential as Docker and systemd hand it over: a file that holds nothing else."""
    try:
        with Path(path.strip()).open("rb") as file:
            return file.read(_FILE_BYTES).decode().strip()
    except (OSError, ValueError):
        raise SetupProblem(
            f"The file that {name}{_FILE} names cannot be read.",
            remedy="Make it a text file that this user may read, or unset the variable.",
        ) from None


def _secret_in(path: Path) -> bytes:
    try:
        if not path.exists():
            _make_secret(path)
        key = path.read_bytes().strip()
    except OSError as exc:
        raise SetupProblem(
            f"The secret key {path} cannot be read or made: {exc.strerror}.",
            remedy="Make it readable to this user, or set BACKCHANNEL_SECRET_KEY.",
        ) from exc
    if len(key) < _SECRET_CHARACTERS:
        raise SetupProblem(
            f"The secret key in {path} is too short.",
            remedy="Put back the file from your backup; if there is none, delete it and start again.",
        )
    return key


def _make_secret(path: Path) -> None:
    """Write a new key beside its place and link it there: whole or not at all, the first one wins."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(beside)
        except FileExistsError:
            return
    finally:
        beside.unlink()


if __name__ == "__main__":
    sys.stdout.write(settings_markdown())
