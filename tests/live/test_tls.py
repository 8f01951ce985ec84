"""Under TLS nothing is written past the encryption: the portable path is taken."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import httpx2
import pytest
import trustme
from websockets.asyncio.client import connect

from tests.live.api import api_over
from tests.live.running import heard, told
from tests.live.test_fanout import RAW, Endpoint, served
from tests.support.summit import Summit, post
from tests.support.waiting import eventually
from wall.entries import PUBLIC
from wall.live.connections import http_protocol
from wall.store import Store


@pytest.fixture
def certified(tmp_path: Path) -> tuple[dict[str, str], ssl.SSLContext]:
    """Options of a server with a certificate, and the context of a client who believes it."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    key, chain = tmp_path / "key.pem", tmp_path / "chain.pem"
    issued.private_key_pem.write_to_path(key)
    for blob in issued.cert_chain_pems:
        blob.write_to_path(chain, append=True)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    return {"ssl_keyfile": str(key), "ssl_certfile": str(chain)}, trusting


async def test_a_socket_under_tls_is_offered_no_raw_writer(certified: Any) -> None:
    options, trusting = certified
    endpoint = Endpoint()
    async with (
        served(endpoint, RAW, http=http_protocol(20, 20), **options) as address,
        connect(f"wss://{address}/", ssl=trusting, compression=None, proxy=None) as client,
    ):
        assert await (await client.ping()) >= 0
        assert endpoint.raw is None
    await eventually(endpoint.ended.is_set)


async def test_a_wall_under_tls_folds_what_arrives(
    certified: Any, sqlite_store: Store, tmp_path: Path
) -> None:
    options, trusting = certified
    summit = Summit(sqlite_store)
    slug, held = summit.event.slug, summit.held(PUBLIC)
    async with (
        api_over(f"sqlite:///{sqlite_store.url.database}", tmp_path) as api,
        served(api.app, RAW, http=http_protocol(20, 20), **options) as address,
        httpx2.AsyncClient(base_url=f"https://{address}", verify=trusting, trust_env=False) as browser,
    ):
        path = f"/api/v1/events/{slug}/snapshot"
        snapshot = (await browser.get(path, params={"face": "wall"})).raise_for_status().json()
        async with connect(
            f"wss://{address}/live/{slug}?face=wall&cursor={snapshot['cursor']}",
            ssl=trusting,
            origin=f"https://{address}",  # type: ignore[arg-type]
            compression=None,
            proxy=None,
        ) as wall:
            assert (await heard(wall))["resumed"] is True
            summit.arrive(post("a", "Through the encryption"))
            while held.seq < summit.event.seq:
                frame = await told(wall)
                held.apply(frame)
    assert held.subjects == summit.held(PUBLIC).subjects
    assert "Through the encryption" in str(held.subjects)
