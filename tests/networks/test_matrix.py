"""Matrix, against Synapse: the homeserver that most of the network runs."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from tests.live.running import Running
from tests.networks.measuring import fed, measured, wall_of
from tests.support.ports import free_port
from tests.support.waiting import eventually

_CONFIG = """
server_name: summit.example
pid_file: {at}/pid
public_baseurl: http://127.0.0.1:{port}/
listeners:
  - {{port: {port}, type: http, bind_addresses: ["127.0.0.1"], resources: [{{names: [client]}}]}}
database: {{name: sqlite3, args: {{database: "{at}/homeserver.db"}}}}
media_store_path: {at}/media
signing_key_path: {at}/signing.key
log_config: {at}/log.yaml
report_stats: false
trusted_key_servers: []
enable_registration: true
enable_registration_without_verification: true
macaroon_secret_key: secret
rc_message: {{per_second: 1000, burst_count: 1000}}
rc_registration: {{per_second: 1000, burst_count: 1000}}
rc_joins: {{local: {{per_second: 1000, burst_count: 1000}}}}
"""
_LOG = "version: 1\nroot: {level: ERROR}\ndisable_existing_loggers: true\n"


@dataclass
class Account:
    """Somebody with an account on the homeserver."""

    url: str
    token: str
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def ask(self, method: str, path: str, said: Any = None) -> dict[str, Any]:
        """One request to the client API."""
        async with httpx2.AsyncClient(trust_env=False, timeout=60) as client:
            headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            url = f"{self.url}/_matrix/client/v3{path}"
            answer = await client.request(method, url, json=said, headers=headers)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def room(self, alias: str, **more: Any) -> str:
        """Make a public room; its id."""
        said = {"preset": "public_chat", "room_alias_name": alias} | more
        return str((await self.ask("POST", "/createRoom", said))["room_id"])

    async def send(self, room: str, content: dict[str, Any]) -> str:
        """Say something; the id of the event."""
        path = f"/rooms/{quote(room)}/send/m.room.message/{next(self.numbers)}"
        return str((await self.ask("PUT", path, content))["event_id"])

    async def say(self, room: str, text: str) -> str:
        """Say something in plain words."""
        return await self.send(room, {"msgtype": "m.text", "body": text})

    async def edit(self, room: str, event: str, text: str) -> str:
        """Replace what was said."""
        new = {"msgtype": "m.text", "body": text}
        relates = {"rel_type": "m.replace", "event_id": event}
        content = {"msgtype": "m.text", "body": f"* {text}", "m.new_content": new, "m.relates_to": relates}
        return await self.send(room, content)

    async def redact(self, room: str, event: str) -> None:
        """Take something back."""
        path = f"/rooms/{quote(room)}/redact/{quote(event)}/{next(self.numbers)}"
        await self.ask("PUT", path, {})


@dataclass
class Synapse:
    """A homeserver that runs."""

    url: str

    async def account(self, name: str) -> Account:
        """Register somebody."""
        said = {"username": name, "password": "a long password", "auth": {"type": "m.login.dummy"}}
        made = await Account(self.url, "").ask("POST", "/register", said)
        return Account(self.url, made["access_token"])

    async def answers(self) -> bool:
        """Whether it is ready."""
        try:
            async with httpx2.AsyncClient(trust_env=False, timeout=5) as client:
                return (await client.get(f"{self.url}/_matrix/client/versions")).is_success
        except httpx2.HTTPError:
            return False


@pytest.fixture
async def synapse(tmp_path: Path) -> AsyncIterator[Synapse]:
    """A homeserver in a directory of its own."""
    python = os.environ.get("SYNAPSE_PYTHON", sys.executable)
    if not await _ran(python, "-c", "import synapse"):
        pytest.skip("needs matrix-synapse (make test-networks installs it)")
    port = free_port()
    (tmp_path / "homeserver.yaml").write_text(_CONFIG.format(at=tmp_path, port=port))
    (tmp_path / "log.yaml").write_text(_LOG)
    started = [python, "-m", "synapse.app.homeserver", "-c", str(tmp_path / "homeserver.yaml")]
    assert await _ran(*started, "--generate-keys")
    with (tmp_path / "out").open("wb") as out:
        process = await asyncio.create_subprocess_exec(*started, stdout=out, stderr=out, cwd=tmp_path)
    made = Synapse(f"http://127.0.0.1:{port}")
    try:
        await eventually(made.answers, what="Synapse")
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()
        shutil.rmtree(tmp_path, ignore_errors=True)


async def _ran(*command: str) -> bool:
    """Run something to its end. Whether it did what it should."""
    nowhere = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdout=nowhere, stderr=nowhere)
    return await process.wait() == 0


async def test_posts_and_deletions_reach_every_screen_in_time(running: Running, synapse: Synapse) -> None:
    event, ada, reader = await running.event(), await synapse.account("ada"), await synapse.account("wall")
    room = await ada.room("summit")
    config = {"homeserver": synapse.url, "token": reader.token, "rooms": ["#summit:summit.example"]}
    async with wall_of(running, event) as wall:
        await fed(running, event, "matrix", config)
        figures = await measured(wall, lambda text: ada.say(room, text), lambda one: ada.redact(room, one))
        said = await ada.say(room, "Who wrote this?")
        await wall.shows("Who wrote this?")
        assert wall.post("Who wrote this?")["author"]["name"] == "ada"
        edit = await ada.edit(room, said, "Who wrote that?")
        await wall.shows("Who wrote that?")
        await ada.redact(room, edit)
        await wall.shows("Who wrote this?")
        figures.check("matrix")
