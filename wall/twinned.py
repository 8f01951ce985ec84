"""The same post on another network, as the post that stands for both knows it (docs/decisions/0032)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

TwinWhy = Literal["origin", "bridge", "domain", "profile", "told", "name", "claim"]
"""What says that one person posted both, the strongest first: one names the other as its original; one
account is the bridged form of the other; the handle of one is the server of the other; their profiles say
so; a moderator said so of these accounts; name and handle are the same; one profile claims it, and name or
handle are the same."""

SURE: frozenset[TwinWhy] = frozenset({"origin", "bridge", "domain", "profile", "told"})
"""What nobody brings about who does not hold both accounts, or what a moderator said."""


class Twin(BaseModel):
    """A post of another network that is not shown, because this one stands for it. `why` they are taken for
    one; its content warning and whether it is sensitive count for both, and so does `bar`, the code of what
    keeps it off every screen (`wall.wishes`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    network: str
    url: str | None = None
    why: TwinWhy
    warning: str | None = None
    sensitive: bool = False
    bar: str | None = None
