"""A wall in Chromium, and when a card is really to be seen on it. All by the machine's own clock."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from playwright.async_api import Browser, BrowserContext, Page, ViewportSize

from tests.support.browser import chromium_path, running_browser

SCREEN: ViewportSize = {"width": 1920, "height": 1080}

# Two animation frames: the first runs before the frame that has the change is painted, the second
# after it. Each moment is therefore up to one frame late and never early.
_WATCH = """
() => {
  const seen = new Map(), waiting = new Map();
  const painted = () => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => done(Date.now()))));
  const opacity = (node) => {
    let shown = 1;
    for (let at = node; at; at = at.parentElement) shown *= Number(getComputedStyle(at).opacity);
    return shown;
  };
  const until = async (node, least) => {
    while (opacity(node) < least) await new Promise(requestAnimationFrame);
    return painted();
  };
  const inView = (node) => {
    const box = node.getBoundingClientRect();
    return box.width > 0 && box.top < innerHeight && box.bottom > 0 && node.checkVisibility();
  };
  const note = async (text, card) => {
    seen.set(text, null);
    const drawn = await painted();
    const half = await until(card, 0.5);
    const whole = await until(card, 1);
    const moments = { drawn, half, whole, in_view: inView(card) };
    seen.set(text, moments);
    waiting.get(text)?.(moments);
  };
  const look = () => {
    for (const card of document.querySelectorAll(".card")) {
      const text = card.querySelector(".said")?.textContent ?? "";
      if (text && !seen.has(text)) note(text, card);
    }
  };
  window.__whenSeen = (text) =>
    new Promise((done) => (seen.get(text) ? done(seen.get(text)) : waiting.set(text, done)));
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  look();
}
"""

_LOOK_FOR_END = """
(text) => {
  const isThere = () =>
    [...document.querySelectorAll(".card .said")].some((node) => node.textContent === text);
  window.__gone = new Promise((done) => {
    const look = () => {
      if (isThere()) return;
      watcher.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => done(Date.now())));
    };
    const watcher = new MutationObserver(look);
    watcher.observe(document, { subtree: true, childList: true, characterData: true });
    look();
  });
}
"""


@dataclass(frozen=True)
class Moments:
    """When a card was on the screen, in seconds since 1970, to the millisecond.

    `drawn`: a frame that has it was painted, perhaps still transparent. `half`: at least half
    opaque, so that it can be read. `whole`: fully opaque.
    """

    drawn: float
    half: float
    whole: float
    in_view: bool


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium until the block ends. Exits with words if there is none."""
    if chromium_path() is None:
        raise SystemExit("No Chromium found: install Chromium or Chrome, or set BACKCHANNEL_CHROMIUM.")
    async with running_browser() as browser:
        yield browser


async def watch(page: Page) -> None:
    """Note on this page when cards come, from now on."""
    await page.evaluate(_WATCH)


async def watch_from_start(context: BrowserContext) -> None:
    """Note when cards come on pages that are opened in this context from now on."""
    await context.add_init_script(f"({_WATCH.strip()})()")


async def when_seen(page: Page, text: str) -> Moments:
    """Wait for the card that says exactly `text`; when it was seen."""
    found = await page.evaluate("(text) => window.__whenSeen(text)", text)
    at = {name: found[name] / 1000 for name in ("drawn", "half", "whole")}
    return Moments(**at, in_view=found["in_view"])


async def look_for_end(page: Page, text: str) -> None:
    """Note from now on when the card that says exactly `text` leaves."""
    await page.evaluate(_LOOK_FOR_END, text)


async def when_gone(page: Page) -> float:
    """Wait until the card that was looked for has left; when a frame without it was painted."""
    return float(await page.evaluate("window.__gone")) / 1000


async def first_card(page: Page) -> float:
    """Wait for any card that has words; when a frame with it half opaque was painted."""
    await page.wait_for_selector(".card .said", timeout=120_000)
    text = await page.text_content(".card .said")
    await watch(page)
    return (await when_seen(page, text or "")).half
