"""The owner of a token at a fake Mastodon: what they leave out, and where that can be read.

Mastodon leaves out muted and blocked people and blocked servers from timelines and streams, but languages
that were not chosen from streams alone, as they were when the stream was opened; keyword filters only mark
posts there, and leave them out elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.world.mastodon_answers import Answer, Status

if TYPE_CHECKING:
    from tests.world.mastodon import FakeInstance

FULL_SCOPES = frozenset({"read"})

_SCOPES = {
    "/api/v1/accounts/verify_credentials": "read:accounts",
    "/api/v1/mutes": "read:mutes",
    "/api/v1/blocks": "read:blocks",
    "/api/v1/domain_blocks": "read:blocks",
    "/api/v2/filters": "read:filters",
}


@dataclass
class Owner:
    """Whom they mute and block (names), which servers (hosts), which phrases, and what they can read."""

    username: str = "summit"
    mutes: set[str] = field(default_factory=set)
    blocks: set[str] = field(default_factory=set)
    servers: set[str] = field(default_factory=set)
    phrases: set[str] = field(default_factory=set)
    languages: frozenset[str] = frozenset()

    def sees(self, status: Status, on: FakeInstance) -> bool:
        """Whether a timeline has a post for them."""
        if status.user in self.mutes | self.blocks or on.world.instances[status.home].host in self.servers:
            return False
        return not (on.flavour.drops_words and any(one in status.content for one in self.phrases))


def owners_answer(on: FakeInstance, path: str, token: str | None) -> Answer | None:
    """The answer about the owner of a token; None for other paths."""
    scope = _SCOPES.get(path)
    if scope is None:
        return None
    if token is None or token in on.app_tokens:
        return Answer(422 if token else 401, {"error": "This method requires an authenticated user"})
    if not {"read", scope} & on.tokens[token]:
        return Answer(403, {"error": "This action is outside the authorized scopes"})
    return Answer(200, _said(on.owner, path.rpartition("/")[2]))


def _said(owner: Owner, what: str) -> Any:
    match what:
        case "verify_credentials":
            return {"id": "1", "username": owner.username, "acct": owner.username}
        case "mutes" | "blocks":
            return _accounts(getattr(owner, what))
        case "domain_blocks":
            return sorted(owner.servers)
    return [
        {"id": one, "title": one, "context": ["home", "public"], "filter_action": "hide"}
        for one in sorted(owner.phrases)
    ]


def _accounts(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"id": one, "username": one, "acct": one} for one in sorted(names)]
