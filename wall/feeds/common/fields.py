"""What an organiser types into a feed's settings, read as they meant it. Validators raise ValueError."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BaseModel, ValidationError

from wall.feeds.common.addresses import is_loopback, is_public
from wall.text import URL_LIMIT

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(
    rf"(?=.{{1,253}}(?::|$)){_LABEL}(?:\.{_LABEL})*\.?(?::[0-9]{{1,5}})?|\[[0-9a-f:.]+\](?::[0-9]{{1,5}})?"
)
_PORTS = range(1, 65_536)
_FEED = re.compile(r"feed:(?://)?(?=\S)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_UNFIT = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ud800-\udfff]")
_KEPT = "/?:@!$&'()*+,;=~-._%[]"
"""What stays as it is in a path or query (RFC 3986), what is encoded already included."""
_TOKEN = re.compile(r"[\x21-\x7e]{1,500}")
_TAG = re.compile(r"\w{1,100}")


def _host(value: str) -> str:
    """`https://` is understood and dropped; `http://` stays, for loopback. Raises ValueError."""
    text = unicodedata.normalize("NFKC", value).strip().lower().rstrip("/").removeprefix("https://")
    plain = text.startswith("http://")
    name = text.removeprefix("http://")
    if not name.isascii():
        name = name.encode("idna").decode("ascii")
    if not _HOST.fullmatch(name) or _port(name) not in _PORTS:
        raise ValueError("not a host")
    address = _literal(name)
    if plain != (is_loopback(address) if address else _bare(name) == "localhost"):
        raise ValueError("http is for loopback, and loopback for http")
    if address and not plain and not is_public(address):
        raise ValueError("not a public address")
    return f"http://{name}" if plain else name


def as_address(value: str) -> str:
    """An address as browsers read it, without its fragment: `feed:` and none stand for https.

    Its host is judged as `_host` does. Raises ValueError, also for one with a user or white space in it.
    """
    text = _FEED.sub("", value.strip())
    parts = urlsplit(text if _SCHEME.match(text) else f"https://{text}")
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or _UNFIT.search(text):
        raise ValueError("not an address")
    host = _host(f"http://{parts.netloc}" if parts.scheme == "http" else parts.netloc)
    path, query = quote(parts.path or "/", _KEPT), quote(parts.query, _KEPT)
    whole = f"{url_of(host)}{path}?{query}".rstrip("?")
    if len(whole) > URL_LIMIT:
        raise ValueError("too long")
    return whole


def _bare(host: str) -> str:
    """A host without its port, and without the brackets of an IPv6 address."""
    inside = re.fullmatch(r"\[([0-9a-f:.]+)\](?::[0-9]+)?", host)
    return inside[1] if inside else host.partition(":")[0]


def _port(host: str) -> int:
    """The port of a host, 443 where it names none."""
    found = re.search(r":([0-9]+)$", host) if not host.endswith("]") else None
    return int(found[1]) if found else 443


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(_bare(host)))
    except ValueError:
        return None


def _secret(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise ValueError("not a token or password")
    return value


def _hashtag(value: str) -> str:
    """A hashtag as servers compare it, but for accents, which each folds in its own way."""
    tag = unicodedata.normalize("NFKC", value).strip().lstrip("#").lower()
    if not _TAG.fullmatch(tag) or tag.isdecimal():
        raise ValueError("not a hashtag")
    return tag


def listed(value: Any) -> Any:
    """A command line gives one text: its parts are between commas."""
    return [part for part in value.replace(",", " ").split() if part] if isinstance(value, str) else value


def no_flag(value: Any) -> Any:
    """`True` is no number."""
    return str(value) if isinstance(value, bool) else value


def wrong_fields(problem: ValidationError, *models: type[BaseModel]) -> list[str]:
    """Where the errors are, as far as the names are ours: a stranger's key must not be repeated."""
    known = {name for model in models for name in model.model_fields}
    places = (error["loc"] for error in problem.errors())
    named = {
        ".".join(str(part) for part in place if part in known or isinstance(part, int)) for place in places
    }
    return sorted(named - {""})


def url_of(host: str) -> str:
    """Where a server is, without a slash at the end."""
    return host if is_plain(host) else f"https://{host}"


def name_of(host: str) -> str:
    """What an organiser calls a server."""
    return host.removeprefix("http://")


def is_plain(host: str) -> bool:
    """Whether a server is spoken to without TLS, on loopback."""
    return host.startswith("http://")


def plain_fields(config: Any, at: str = "") -> list[str]:
    """The fields of a checked configuration that name a server without TLS, as `instances.0.host`."""
    if isinstance(config, str):
        return [at] if is_plain(config) else []
    parts = config.items() if isinstance(config, Mapping) else enumerate(_several(config))
    return [field for name, part in parts for field in plain_fields(part, f"{at}.{name}".lstrip("."))]


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


Host = Annotated[str, AfterValidator(_host)]
"""A server: `mastodon.social`, or `http://127.0.0.1:3000` in a test."""
Address = Annotated[str, AfterValidator(as_address)]
"""A page or file of a server, by https, or by http on loopback: `https://blog.example/feed.xml`."""
Secret = Annotated[str, AfterValidator(_secret)]
"""A token or password: printable ASCII without spaces. Fields of it are declared with `repr=False`."""
Hashtag = Annotated[str, AfterValidator(_hashtag)]
"""A hashtag, without `#`, folded."""
