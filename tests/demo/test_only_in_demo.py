"""What lets everybody in exists in the demo alone, and never over a database that is in use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.api import api_over
from wall.demo.demo import mount_demo
from wall.errors import SetupProblem


async def test_a_demo_is_not_mounted_over_a_database_in_use(sqlite_url: str, tmp_path: Path) -> None:
    async with api_over(sqlite_url, tmp_path) as api:
        with pytest.raises(SetupProblem, match="in use"):
            await mount_demo(api.app, seed=1, speed=1, robots=False)
        assert "set-cookie" not in (await api.client().get(f"/wall/{api.event.slug}")).headers
        assert (await api.client().get(f"/desk/{api.event.slug}")).status_code == 401


async def test_no_page_may_be_shown_in_a_frame(sqlite_url: str, tmp_path: Path) -> None:
    async with api_over(sqlite_url, tmp_path) as api:
        for page in ("/", f"/wall/{api.event.slug}", f"/join/{api.event.slug}", f"/stage/{api.event.slug}"):
            policy = (await api.client().get(page)).headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy, page
