"""A Redis that takes two seconds for everything: commands and walls go on, and the lag is shown."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.live.running import Running
from tests.support.fault_proxy import FaultProxy
from tests.support.instance import Instance, instance_at
from tests.support.ports import free_port
from tests.support.processes import ServeProcess
from tests.support.staff import Staff
from tests.support.valkey import ValkeyServer
from tests.support.waiting import eventually

SLOW_SECONDS = 2.0
POSTS = 10
LAG = "backchannel_delivery_lag_seconds"


async def started(instance: Instance, serve: Callable[..., ServeProcess]) -> Running:
    """One more process of an instance, with metrics of its own."""
    own = replace(instance, settings={**instance.settings, "BACKCHANNEL_METRICS_PORT": str(free_port())})
    server = serve(own.settings)
    await server.start()
    return Running(own, server, Staff(server.base_url, instance.store), itertools.count(1))


async def test_commands_and_walls_go_on_and_the_lag_is_shown(
    migrated_postgres_url: str, valkey: ValkeyServer, serve: Callable[..., ServeProcess], tmp_path: Path
) -> None:
    async with FaultProxy(valkey.socket) as line:
        redis = f"redis://127.0.0.1:{line.port}/0"
        with instance_at(migrated_postgres_url, tmp_path, redis_url=redis) as instance:
            here, there = await started(instance, serve), await started(instance, serve)
            event = await here.event()
            async with here.reader(event) as own, there.reader(event) as other:
                for reader in (own, other):
                    await reader.wait_until(lambda reader=reader: reader.connections == 1)
                line.latency = SLOW_SECONDS / 2
                sums = [await there.metric(f"{LAG}_{part}") for part in ("sum", "count")]
                took = 0.0
                for number in range(POSTS):
                    began = time.monotonic()
                    seq = (await here.staff.post(event.slug, f"Through treacle {number}"))["seq"]
                    took += time.monotonic() - began
                    for reader in (own, other):
                        await reader.wait_for_seq(seq)
                assert took < POSTS * SLOW_SECONDS, f"{took:.1f} s for {POSTS} commands"
                lag, count = [
                    await there.metric(f"{LAG}_{part}") - before
                    for part, before in zip(("sum", "count"), sums, strict=True)
                ]
                assert count > 0
                assert 0.05 < lag / count < SLOW_SECONDS, "the lag of the other process is not shown"
                await away(here, "calls")
                assert await here.metric("backchannel_bells_lost_total") > 0
                line.calm()

                async def back() -> bool:
                    return await here.metric('backchannel_bus_up{use="calls"}') == 1

                async def rung() -> bool:
                    seq = (await here.staff.post(event.slug, "And on"))["seq"]
                    await other.wait_for_seq(seq)
                    return await back()

                await eventually(rung, what="Redis as it was")
                assert [(one.connections, one.gaps) for one in (own, other)] == [(1, 0), (1, 0)]
                await other.assert_holds_what_a_newcomer_gets()


async def away(running: Running, use: str) -> None:
    """Wait until a process has noticed that Redis does not answer."""

    async def noticed() -> bool:
        return await running.metric(f'backchannel_bus_up{{use="{use}"}}') == 0

    await eventually(noticed, what="the loss of Redis")
