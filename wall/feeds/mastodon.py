"""The `mastodon` network: hashtags, streamed and polled from one or more instances.

Configuration: `instances` (hosts, or `{"host", "token"}`), `hashtags`, and `poll_seconds` where
servers that do not stream shall be asked less often. `docs/reference/networks/mastodon.md` has it all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wall.errors import FeedFatal
from wall.feeds.base import Item, Rechecked, Trouble
from wall.feeds.common.matching import Match, accentless, by_hashtags
from wall.feeds.common.tasks import together
from wall.feeds.kin import problems
from wall.feeds.kin.config import MastodonConfig, Times, checked
from wall.feeds.kin.cursor import Place
from wall.feeds.kin.instance import About, Health, Instance
from wall.feeds.kin.merge import Merge
from wall.feeds.kin.owner import Owner
from wall.feeds.kin.problems import no_stream, understood
from wall.feeds.kin.rates import rates_at
from wall.feeds.kin.recheck import Answer, ask, own_id
from wall.feeds.kin.replying import MastodonReplier
from wall.feeds.kin.signals import Signals
from wall.feeds.kin.streaming import Stream, sockets
from wall.feeds.kin.timeline import Timelines
from wall.feeds.probing import Rate

TIMES = Times()
"""The pace of every source that is opened by name."""


def check_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with its defaults, tokens included. Raises BadInput, which shows none."""
    return checked(config).model_dump(mode="json")


def open_source(config: Mapping[str, Any]) -> MastodonSource:
    """A source for these instances and hashtags. Raises BadInput."""
    return MastodonSource(checked(config), times=TIMES)


def open_replier(config: Mapping[str, Any], cursor: str | None) -> MastodonReplier | None:
    """What posts replies by the account of a token; None where there is no token. Raises BadInput."""
    known = checked(config)
    return MastodonReplier(known, cursor, TIMES) if known.can_reply else None


async def tag_rates(config: Mapping[str, Any], tags: Sequence[str]) -> list[Rate]:
    """How much is posted under hashtags, as the first instance counts it. Raises BadInput."""
    return await rates_at(checked(config).instances[0], tags)


def would_match(config: Mapping[str, Any], text: str) -> Match:
    """Whether a post with these words would have come: Mastodon folds accents of hashtags."""
    return by_hashtags(config, text, accentless)


@dataclass(frozen=True, slots=True)
class _Running:
    """One stream: where its items come together, and the task of each instance."""

    merge: Merge
    tasks: list[asyncio.Task[None]]

    async def end(self) -> None:
        """End it; whoever waits for its next item gets none. Safe to call twice."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.merge.end()


class MastodonSource:
    """Hashtags of several instances as one stream; one in trouble does not stop the others.

    A source that streams should also be the one that is asked to `recheck`: it knows the local ids.
    """

    network = "mastodon"

    def __init__(self, config: MastodonConfig, *, times: Times) -> None:
        self.places = tuple(one.name for one in config.instances)
        self._config = config
        self._instances = [Instance(one, times) for one in config.instances]
        self._running: _Running | None = None
        self._gone: frozenset[str] = frozenset()
        """What was gone when it was last known of: asked for first."""

    async def stream(self, cursor: str | None) -> AsyncIterator[Item]:
        """Posts of all hashtags, for ever; from the last 7 days where there is no cursor.

        What passes is waited for and told of. Raises FeedFatal when no instance can go on, in the
        words of each.
        """
        await self._end()
        merge = Merge(Place(cursor))
        for instance in self._instances:
            instance.ids.restore(merge.place.ids(instance.name))
        tasks = [asyncio.create_task(self._guarded(one, merge)) for one in self._instances]
        running = self._running = _Running(merge, tasks)
        try:
            async for item in merge.items(len(tasks)):
                yield item
        finally:
            await running.end()

    async def recheck(self, keys: Sequence[str]) -> Rechecked:
        """What the instances that answer still have, and what one of them had and has no more.

        Where a post was written decides, if that instance is one of ours. What nobody had, or could
        be asked about, is unknown. Raises like `stream` when no instance answers.
        """
        asked = await asyncio.gather(
            *(ask(one, keys, self._gone) for one in self._instances), return_exceptions=True
        )
        answers: list[tuple[Instance, Answer]] = []
        failed: list[BaseException] = []
        for instance, said in zip(self._instances, asked, strict=True):
            if isinstance(said, Answer):
                answers.append((instance, said))
            elif understood(said) is None:
                raise said
            else:
                failed.append(said)
        if failed and not answers:
            raise failed[0]
        await self._tell_again(answers)
        found = _found(answers)
        self._gone = found.gone | (self._gone.intersection(keys) - found.present)
        return found

    def retry_after(self, problem: BaseException, attempt: int) -> float | None:
        """Seconds until the next try, None for fatal: the table of `wall.feeds.kin.problems`."""
        return problems.retry_after(problem, attempt)

    async def aclose(self) -> None:
        """End the stream and close every connection."""
        await self._end()
        for instance in self._instances:
            await instance.rest.aclose()

    async def _guarded(self, instance: Instance, merge: Merge) -> None:
        try:
            await self._read(instance, merge)
        except Exception as problem:  # noqa: BLE001  handed to who reads the stream
            if isinstance(problem, FeedFatal):
                code = str(problem.details.get("problem", problem.code))
                await merge.trouble(Trouble(instance.name, code, problem.message))
            await merge.ended(instance.name, problem)

    async def _read(self, instance: Instance, merge: Merge) -> None:
        health = Health(instance.name, instance.times, merge)
        while True:
            try:
                about = await instance.about()
            except Exception as problem:  # noqa: BLE001  judged by the table
                await asyncio.sleep(await health.trouble(problem))
            else:
                break
        await health.well()
        await together(*await self._work(instance, about, merge))

    async def _work(
        self, instance: Instance, about: About, merge: Merge
    ) -> list[Coroutine[Any, Any, None]]:
        """What reads one instance: timelines always, and with a token a stream where it has one."""
        tags, software = self._config.hashtags, about.software
        each = sockets(software, tags)
        signals = Signals(len(each), doubted=software.poll_first)
        work = [Timelines(instance, about, tags, merge, signals, self._config.poll_seconds).run()]
        if not instance.config.token:
            return work
        if software.sockets == "none":
            problem = no_stream()
            await merge.trouble(Trouble(f"{instance.name} stream", problem.code, problem.message))
        else:
            work += [Stream(instance, about, some, merge).run(signals) for some in each]
        return [*work, Owner(instance, about, tags, merge, signals).run()]

    async def _tell_again(self, answers: list[tuple[Instance, Answer]]) -> None:
        """Statuses that were read again may be edited: the stream tells of those that are."""
        if self._running is not None:
            for instance, answer in answers:
                for status in answer.statuses:
                    await instance.take(status, f"{instance.name} recheck", self._running.merge)

    async def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.end()


def _found(answers: list[tuple[Instance, Answer]]) -> Rechecked:
    """Gone is what some instance had and has no more, but for what is still where it was written."""
    at_home = {
        uri
        for instance, answer in answers
        for uri in answer.there
        if own_id(uri, instance.name) is not None
    }
    gone = frozenset(uri for _, answer in answers for uri in answer.gone) - at_home
    return Rechecked(gone, frozenset(uri for _, answer in answers for uri in answer.there) - gone)
