"""Intake: hands items to the right event's group commit, and feeds to their events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wall.entries import kinds
from wall.errors import BadInput
from wall.feeds.base import check_config
from wall.feeds.common.fields import plain_fields
from wall.intake.commits import GroupCommit, Progress
from wall.intake.door import Given, Graves, Tally
from wall.journal import Journal, Tx
from wall.model import Feed, FeedState, new_id
from wall.store import Store, feeds


class Intake:
    """The one door for posts of every event, over one journal."""

    def __init__(self, journal: Journal, secret: bytes, *, plain_hosts: bool = False) -> None:
        """`plain_hosts`: whether `checked` lets servers of this machine pass."""
        self.journal = journal
        self.plain_hosts = plain_hosts
        self.graves = Graves(secret)
        self._commits: dict[str, GroupCommit] = {}

    @property
    def store(self) -> Store:
        """The store that the journal writes to."""
        return self.journal.store

    async def submit(
        self, event_id: str, items: Sequence[Given], actor: str, progress: Progress | None = None
    ) -> Tally:
        """Store items of one event, together with what else arrives in the same 10 ms.

        Answers when they are on disk. Raises StoreUnavailable, StoreFull or LeaseLost; then nothing
        of this submission was stored.
        """
        commit = self._commits.get(event_id)
        if commit is None:
            commit = self._commits[event_id] = GroupCommit(self.journal, self.graves, event_id)
        return await commit.submit(items, actor, progress)

    def checked(self, network: str, config: Mapping[str, Any]) -> dict[str, Any]:
        """A feed's settings as they came from a page or over HTTP, with their defaults filled in.

        Raises BadInput as `check_config` does, and for a server of this machine (`http://…`), unless the
        setting `plain_hosts` allows it: what an organiser types must not reach ports that only this
        machine may reach. The command line adds without asking here.
        """
        checked = check_config(network, config)
        plain = [] if self.plain_hosts else plain_fields(checked)
        if plain:
            raise BadInput(
                "A feed of this machine's own servers can only be added on its command line.",
                remedy="Name a public server, or set BACKCHANNEL_PLAIN_HOSTS=true for a test.",
                fields=plain,
            )
        return checked

    async def add_feed(
        self,
        event_id: str,
        actor: str,
        network: str,
        config: Mapping[str, Any],
        *,
        cause: str | None = None,
        body: bytes = b"",
    ) -> str:
        """Add a feed to an event; its id. Raises BadInput for settings this network does not take."""
        checked = check_config(network, config)

        def add(tx: Tx) -> str:
            feed = new_feed(event_id, network, checked)
            feeds.add(tx.conn, feed)
            tx.append(kinds.FeedAdded(network=network), ("feed", feed.id))
            return feed.id

        done = await self.journal.command(event_id, actor, add, cause=cause, body=body)
        return done.result

    async def close(self) -> None:
        """Commit what waits, then stop."""
        for commit in self._commits.values():
            await commit.close()


def new_feed(event_id: str, network: str, config: Mapping[str, Any]) -> Feed:
    """A feed that has not started."""
    return Feed(
        id=new_id(),
        event_id=event_id,
        network=network,
        config=dict(config),
        cursor=None,
        state=FeedState.WAITING,
        problem=None,
        accepted=0,
        dropped=0,
        version=1,
    )
