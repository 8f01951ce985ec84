"""What must not happen in a browser that shows other people's words: anything but showing them."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from PIL import Image
from playwright.async_api import Browser, Dialog, Page, Request

from tests.support.browser import Watched, watched_context

_LISTEN = """
for (const name of ["alert", "confirm", "prompt", "print", "open"])
  window[name] = () => window.__ran(name);
addEventListener("message", () => window.__ran("message"));
"""
_SHOW = """async (visibility) => {
  document.documentElement.style.visibility = visibility;
  for (let n = 0; n < 2; n++) await new Promise((drawn) => requestAnimationFrame(drawn));
}"""

_LOSSLESS_AND_QUICK = {"format": "png", "optimizeForSpeed": True, "captureBeyondViewport": True}
"""A screenshot as Playwright takes it, packed in half the time: the walls of these tests are large."""


@dataclass
class Alarms:
    """One page, and what strings did in it besides being shown."""

    watched: Watched
    base_url: str
    executions: list[str] = field(default_factory=list)
    """Calls of `__ran`, dialogs, windows, frames, workers, downloads, navigations."""
    foreign: list[str] = field(default_factory=list)
    """Requests to other hosts than this server."""
    _wanted: str = "about:blank"

    @property
    def reports(self) -> list[str]:
        """Violations of the content security policy, as events and on the console."""
        said = self.watched.problems
        return [one for one in said if one.startswith("policy:") or "Content Security Policy" in one]

    async def page(self) -> Page:
        """A new page that is listened to. Go elsewhere with `open`."""
        context = self.watched.context
        await context.expose_function("__ran", lambda *given: self._ran("a call", given))
        await context.add_init_script(_LISTEN)
        context.on("request", self._asked)
        page = await self.watched.page()
        context.on("page", lambda other: self._ran("a window", other.url))
        page.on("dialog", self._dialog)
        page.on("download", lambda download: self._ran("a download", download.url))
        page.on("worker", lambda worker: self._ran("a worker", worker.url))
        page.on("frameattached", lambda frame: self._ran("a frame", frame.url))
        page.on("framenavigated", lambda frame: self._moved(frame.url))
        return page

    async def open(self, page: Page, path: str) -> None:
        """Go to a page of this server; going anywhere else is an execution."""
        self._wanted = f"{self.base_url}{path}"
        await page.goto(self._wanted)

    def assert_silent(self) -> None:
        """AssertionError unless nothing ran, nothing was reported and nobody else was asked."""
        assert not self.executions, self.executions
        assert not self.reports, self.reports
        assert not self.foreign, self.foreign

    def _ran(self, what: str, given: object) -> None:
        self.executions.append(f"{what}: {given!r}"[:200])

    def _moved(self, url: str) -> None:
        if url.partition("#")[0] != self._wanted:
            self._ran("a navigation", url)

    async def _dialog(self, dialog: Dialog) -> None:
        self._ran("a dialog", dialog.message)
        await dialog.dismiss()

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(f"{self.base_url}/"):
            self.foreign.append(request.url[:200])


@asynccontextmanager
async def listening(browser: Browser, base_url: str, **options: Any) -> AsyncIterator[Alarms]:
    """A fresh context whose page is listened to. Pictures that cannot be had do not count."""
    async with watched_context(browser, **options) as watched:
        watched.expected.append(f"{base_url}/media/")
        yield Alarms(watched, base_url)


async def picture_of(page: Page) -> Image.Image:
    """A page's whole height as it is on its screen, drawn afresh: what Chromium draws again in part, it
    smooths another way. Pixel for pixel the same for the same page."""
    for visibility in ("hidden", ""):
        await page.evaluate(_SHOW, visibility)
    devtools = await page.context.new_cdp_session(page)
    taken = await devtools.send("Page.captureScreenshot", _LOSSLESS_AND_QUICK)
    await devtools.detach()
    return Image.open(io.BytesIO(base64.b64decode(taken["data"]))).convert("RGB")


def squeezed(text: str) -> str:
    """A text without white space, which HTML, Python and JavaScript each see differently."""
    return re.sub(r"[\s\x1c-\x1f\ufeff]+", "", text)
