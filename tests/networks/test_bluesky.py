"""Bluesky, against its own PDS and PLC directory: accounts, records, pictures and the firehose are theirs.

The Jetstream over them is a bridge, and the AppView a small one of our own: both files say what is real.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest

from tests.live.running import Running
from tests.networks.jetstream_bridge import JetstreamBridge
from tests.networks.measuring import fed, measured, wall_of
from tests.support.ports import free_port
from tests.support.processes import ROOT
from tests.support.waiting import PATIENCE
from tests.world.hosts import image
from wall.intake.supervisor import RECHECK_SECONDS
from wall.model import utc_now

FOLDER = ROOT / "tests" / "networks" / "bluesky"
POST = "app.bsky.feed.post"
RECHECKS = 2 * RECHECK_SECONDS + PATIENCE
"""Seconds within which a recheck was made, on any machine."""


@dataclass
class Account:
    """Somebody with an account at the PDS."""

    http: httpx2.AsyncClient
    did: str
    token: str

    @classmethod
    async def made(cls, http: httpx2.AsyncClient, name: str) -> Self:
        """A new account."""
        asked = {"email": f"{name}@mail.test", "handle": f"{name}.test", "password": f"{name}-password"}
        said = (await http.post("com.atproto.server.createAccount", json=asked)).raise_for_status().json()
        return cls(http, said["did"], said["accessJwt"])

    async def post(self, text: str, **fields: Any) -> str:
        """Post with the hashtag beside the text, unless `fields` say how; its uri."""
        made = utc_now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record = {"$type": POST, "text": text, "createdAt": made, "tags": ["smsummit"]} | fields
        return str((await self._do("createRecord", collection=POST, record=record))["uri"])

    async def delete(self, uri: str) -> None:
        """Delete a post."""
        await self._do("deleteRecord", collection=POST, rkey=uri.rpartition("/")[2])

    async def call_oneself(self, name: str) -> None:
        """Write a profile, or change it."""
        profile = "app.bsky.actor.profile"
        record = {"$type": profile, "displayName": name}
        await self._do("putRecord", collection=profile, rkey="self", record=record)

    async def upload(self, picture: bytes) -> dict[str, Any]:
        """A blob, to be named in a record."""
        headers = self._headers | {"Content-Type": "image/png"}
        answer = await self.http.post("com.atproto.repo.uploadBlob", content=picture, headers=headers)
        return dict(answer.raise_for_status().json()["blob"])

    async def _do(self, method: str, **asked: Any) -> dict[str, Any]:
        answer = await self.http.post(
            f"com.atproto.repo.{method}", json={"repo": self.did} | asked, headers=self._headers
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class Pds:
    """A PDS that runs, with what is made over it."""

    http: httpx2.AsyncClient
    admin: str
    bridge: JetstreamBridge

    @property
    def config(self) -> Mapping[str, Any]:
        """A feed's configuration."""
        return {"hashtags": ["SMSummit"], "hosts": [self.bridge.address], "appviews": [self.bridge.address]}

    async def take_down(self, account: Account, applied: bool) -> None:
        """Take an account down as a moderator of the PDS does, or put it back."""
        subject = {"$type": "com.atproto.admin.defs#repoRef", "did": account.did}
        asked = {"subject": subject, "takedown": {"applied": applied, "ref": "1"}}
        answer = await self.http.post(
            "com.atproto.admin.updateSubjectStatus", json=asked, headers={"Authorization": self.admin}
        )
        answer.raise_for_status()


@pytest.fixture
async def pds(tmp_path: Path) -> AsyncIterator[Pds]:
    """A PDS and what is needed to read it, in a folder that goes."""
    if not (FOLDER / "node_modules").is_dir():
        pytest.skip("needs the packages in tests/networks/bluesky (make test-networks installs them)")
    command = ["tools/with-node", "node", str(FOLDER / "server.mjs"), str(free_port()), str(free_port())]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdin=pipe, stdout=pipe, env=os.environ | {"TMPDIR": str(tmp_path)}
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            said = json.loads(await process.stdout.readline())
        url = said["pds"].replace("localhost", "127.0.0.1")
        async with (
            httpx2.AsyncClient(base_url=f"{url}/xrpc/", trust_env=False, timeout=PATIENCE) as http,
            JetstreamBridge(url) as bridge,
        ):
            others = asyncio.create_task(_strangers(http))
            yield Pds(http, said["admin"], bridge)
            others.cancel()
            await asyncio.gather(others, return_exceptions=True)
    finally:
        process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            await process.wait()


async def _strangers(http: httpx2.AsyncClient) -> None:
    """Somebody posts of other things all the time: a stream of the whole network is never silent."""
    stranger = await Account.made(http, "stranger")
    while True:
        await stranger.post("Lunch", tags=["lunch"])
        await asyncio.sleep(1)


def facet(text: str, part: str, feature: str, **fields: str) -> dict[str, Any]:
    """What an app marks in a text: offsets in bytes of UTF-8."""
    start = len(text[: text.index(part)].encode())
    return {
        "index": {"byteStart": start, "byteEnd": start + len(part.encode())},
        "features": [{"$type": f"app.bsky.richtext.facet#{feature}"} | fields],
    }


async def test_posts_and_deletions_reach_every_screen_in_time(running: Running, pds: Pds) -> None:
    event, ada = await running.event(), await Account.made(pds.http, "ada")
    await ada.call_oneself("Ada L.")
    async with wall_of(running, event) as wall:
        await fed(running, event, "bluesky", dict(pds.config))
        (await measured(wall, ada.post, ada.delete)).check("bluesky")


async def test_a_post_is_as_its_author_wrote_it(running: Running, pds: Pds) -> None:
    event, ada = await running.event(), await Account.made(pds.http, "ada")
    await ada.call_oneself("Ada L.")
    async with wall_of(running, event) as wall:
        await fed(running, event, "bluesky", dict(pds.config))
        text = "👩‍🔬 A figure for #SMSummit at example.org"
        marks = [
            facet(text, "#SMSummit", "tag", tag="SMSummit"),
            facet(text, "example.org", "link", uri="https://example.org/figure"),
        ]
        blob = await ada.upload(image(size=(40, 30)))
        embed = {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": "Red and blue"}]}
        uri = await ada.post(text, tags=[], facets=marks, embed=embed)
        await wall.shows(text)
        shown = wall.post(text)
        assert (shown["author"]["name"], shown["author"]["handle"]) == ("Ada L.", "ada.test")
        assert [text[one["start"] : one["end"]] for one in shown["links"]] == ["example.org"]
        assert [one["alt"] for one in shown["media"]] == ["Red and blue"]
        await ada.call_oneself("Ada Lovelace")
        await ada.post("After the change")
        await wall.shows("After the change")
        assert wall.post("After the change")["author"]["name"] == "Ada Lovelace"
        await ada.delete(uri)
        await wall.lacks(text)


async def test_an_account_that_is_taken_down_leaves_the_screens_and_comes_back(
    running: Running, pds: Pds
) -> None:
    event = await running.event()
    ada, bo = await Account.made(pds.http, "ada"), await Account.made(pds.http, "bob")
    async with wall_of(running, event) as wall:
        await fed(running, event, "bluesky", dict(pds.config))
        await ada.post("Soon away")
        others = [f"Stays {number}" for number in range(9)]
        for text in others:
            await bo.post(text)
        await wall.shows("Soon away", *others)
        await pds.take_down(ada, True)
        await wall.lacks("Soon away", within=RECHECKS)
        await wall.shows(*others)
        await pds.take_down(ada, False)
        await wall.shows("Soon away", *others, within=RECHECKS)
