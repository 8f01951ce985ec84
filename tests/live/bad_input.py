"""What tests of bad input share: clients to send it, and what an error must look like.

Test modules import the fixtures that they use.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from tests.live.api import Api, api_over
from wall.store import tables as t

SECRET = "zebedee-4711"
"""Stands in what is sent, and must not come back."""
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """For what is refused before a database is asked."""
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
async def organiser(api: Api) -> AsyncIterator[httpx2.AsyncClient]:
    """An organiser of `api`."""
    async with api.client(api.signed_in()) as client:
        yield client


@pytest.fixture
async def each_api(store_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """For what reaches the database: both kinds."""
    async with api_over(store_url, tmp_path) as made:
        yield made


@pytest.fixture
async def each_organiser(each_api: Api) -> AsyncIterator[httpx2.AsyncClient]:
    """An organiser of `each_api`."""
    async with each_api.client(each_api.signed_in()) as client:
        yield client


def everything(api: Api) -> dict[str, list[Any]]:
    """Every row of every table, by the table's name."""
    with api.parts.store.reading() as conn:
        return {table.name: list(conn.execute(select(table))) for table in t.metadata.sorted_tables}


def refused(answer: httpx2.Response, status: int | set[int], code: str | None = None) -> dict[str, Any]:
    """The error of an answer, which must be one."""
    wanted = status if isinstance(status, set) else {status}
    assert answer.status_code in wanted, (answer.status_code, answer.text[:500])
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "remedy", "details"}
    assert error["message"].endswith(".")
    assert error["remedy"]
    assert SECRET not in answer.text
    if code:
        assert error["code"] == code
    return error


async def a_post(api: Api, client: httpx2.AsyncClient, text: str = "Said") -> str:
    """Post as this client; the id."""
    answer = await client.post(f"{api.path}/posts", json={"text": text})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["post"])
