"""What axe finds on a page, and whether a page fits its screen."""

from __future__ import annotations

import asyncio
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_AXE = Axe()
_PATIENCE = 120.0
_AT_REST = """Promise.allSettled(document.getAnimations()
  .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime)).map((one) => one.finished))"""
"""What fades in has the contrast of its end."""


async def violations(page: Page, **options: Any) -> list[str]:
    """What axe finds on a page that rests, each with where it is. `options` are those of `axe.run`."""
    # A page without scripts keeps no promise: without an end, whoever waits for it waits for ever.
    async with asyncio.timeout(_PATIENCE):
        await page.evaluate(_AT_REST)
        ran = await _AXE.run(page, options={"resultTypes": ["violations"], **options})
    found = ran.response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]
    ]


async def assert_accessible(page: Page) -> None:
    """AssertionError for anything that axe finds."""
    found = await violations(page)
    assert not found, "\n".join([page.url, *found])


async def assert_fit(page: Page) -> None:
    """AssertionError for anything that axe finds, or a page wider than its screen."""
    await assert_accessible(page)
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
