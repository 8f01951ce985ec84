"""Why there is no picture: one exception with a code, for logs and for what is remembered."""

from __future__ import annotations

from typing import Literal

Problem = Literal[
    "refused_url",
    "refused_address",
    "too_many_redirects",
    "unreachable",
    "gone",
    "failed",
    "encoded",
    "too_large",
    "too_slow",
    "not_an_image",
    "too_many_pixels",
    "broken_image",
    "busy",
    "purged",
]

_PASSING = frozenset({"unreachable", "failed", "too_slow", "busy", "purged"})


class NoPicture(Exception):
    """There is no picture to be had from an address. `code` says why; the address is not in it."""

    def __init__(self, code: Problem) -> None:
        super().__init__(code)
        self.code = code

    @property
    def lasting(self) -> bool:
        """Whether trying again soon would only waste a request."""
        return self.code not in _PASSING
