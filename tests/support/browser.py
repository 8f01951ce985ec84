"""Chromium through Playwright, and pages that notice what a page must never do."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    async_playwright,
    expect,
)

from tests.support.waiting import PATIENCE

_CHOSEN = os.environ.get("BACKCHANNEL_CHROMIUM")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_QUIET = (
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-extensions",
    "--no-first-run",
    "--no-default-browser-check",
)
_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (e) => {
  const where = `${e.sourceFile}:${e.lineNumber}`;
  window.__noticed(`${e.effectiveDirective} blocked ${e.blockedURI || "inline"} at ${where}`);
});
"""


def chromium_path() -> str | None:
    """The browser to test with: BACKCHANNEL_CHROMIUM, else the first of the usual names on PATH."""
    return _CHOSEN or next(filter(None, map(shutil.which, _NAMES)), None)


def chromium_or_skip() -> str:
    """As `chromium_path`; without one, skips the test, or fails it where CI is set."""
    if path := chromium_path():
        return path
    message = "no Chromium: apt-get install chromium, or name one in BACKCHANNEL_CHROMIUM"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@asynccontextmanager
async def running_browser(*more: str, path: str | None = None) -> AsyncIterator[Browser]:
    """A headless Chromium for as long as the block runs, with `more` arguments; `path`: this one, not the
    usual one. What is expected of a page may take PATIENCE."""
    expect.set_options(timeout=PATIENCE * 1_000)
    path = path or chromium_or_skip()
    arguments = [*_QUIET, *more, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Watched:
    """A browser context whose pages report errors, warnings and policy violations."""

    context: BrowserContext
    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """Parts of problems that this test provokes and that do not count."""

    async def page(self, url: str | None = None) -> Page:
        """A new page, at `url` if one is given."""
        page = await self.context.new_page()
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        page.on("console", self._said)
        if url:
            await page.goto(url)
        return page

    def unexpected(self) -> list[str]:
        """The problems that the test did not announce."""
        return [p for p in self.problems if not any(part in p for part in self.expected)]

    def assert_clean(self) -> None:
        """AssertionError if any page met a problem that was not expected."""
        assert not self.unexpected(), "the browser complained:\n" + "\n".join(self.unexpected())

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            where = message.location.get("url", "")
            self.problems.append(f"console {message.type}: {message.text} ({where})")

    def _noticed(self, text: str) -> None:
        self.problems.append(f"policy: {text}")


@asynccontextmanager
async def watched_context(browser: Browser, **options: Any) -> AsyncIterator[Watched]:
    """A fresh context. At the end, AssertionError if its pages met an unexpected problem."""
    context = await browser.new_context(**options)
    context.set_default_timeout(PATIENCE * 1_000)
    watched = Watched(context)
    await context.expose_function("__noticed", watched._noticed)
    await context.add_init_script(_REPORT_VIOLATIONS)
    try:
        yield watched
        watched.assert_clean()
    finally:
        await context.close()
