"""How smoothly a wall runs: long tasks, frames, shifts of the layout, and how busy the main thread is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import CDPSession, Page

LONG_MS = 200.0
"""A task of the main thread that is longer is felt."""
FRAME_MS = 1000 / 60

_START = """
() => {
  const kept = window.__smooth = { tasks: [], frames: 0, dropped: 0, longest: 0, cards: 0, others: 0 };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) kept.tasks.push([startTime, duration]);
  }).observe({ type: "longtask" });
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      const nodes = sources.map(({ node }) => (node?.nodeType === 1 ? node : node?.parentElement));
      kept[nodes.some((node) => node?.closest("li.slot")) ? "cards" : "others"] += value;
    }
  }).observe({ type: "layout-shift" });
  if (!__FRAMES__) return;
  let last = performance.now();
  const next = (now) => {
    const took = now - last;
    last = now;
    kept.frames++;
    kept.longest = Math.max(kept.longest, took);
    if (took > 1.5 * __FRAME_MS__) kept.dropped += Math.round(took / __FRAME_MS__) - 1;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}
"""
_TAKE = """
() => {
  const { tasks, frames, dropped, longest, cards, others } = window.__smooth;
  Object.assign(window.__smooth, { tasks: [], frames: 0, dropped: 0, longest: 0, cards: 0, others: 0 });
  return { tasks, frames, dropped, longest, cards, others, now: performance.now() };
}
"""


@dataclass
class Smooth:
    """What was noticed on a page since it was last asked: tasks as (start, length) in the page's
    milliseconds; frames that were drawn and those that were due and were not; the layout shift, as Chromium
    counts it, in which cards had a part, and that of everything else."""

    tasks: list[tuple[float, float]] = field(default_factory=list)
    frames: int = 0
    dropped: int = 0
    longest_frame_ms: float = 0.0
    cards: float = 0.0
    others: float = 0.0
    now: float = 0.0

    def add(self, more: Smooth) -> None:
        """Take in what came after."""
        self.tasks += more.tasks
        self.cards += more.cards
        self.others += more.others
        self.frames += more.frames
        self.dropped += more.dropped
        self.longest_frame_ms = max(self.longest_frame_ms, more.longest_frame_ms)
        self.now = more.now

    @property
    def dropped_share(self) -> float:
        """Percent of the frames that were due."""
        return 100 * self.dropped / max(self.frames + self.dropped, 1)


async def notice(page: Page, *, frames: bool = True) -> None:
    """Notice from now on. Counting `frames` draws each of them: leave it where work is measured."""
    script = _START.replace("__FRAMES__", "true" if frames else "false")
    await page.evaluate(script.replace("__FRAME_MS__", str(FRAME_MS)))


async def noticed(page: Page) -> Smooth:
    """What was noticed since the last time."""
    found: dict[str, Any] = await page.evaluate(_TAKE)
    longest = found.pop("longest")
    tasks = [(began, took) for began, took in found.pop("tasks")]
    return Smooth(tasks=tasks, longest_frame_ms=longest, **found)


@dataclass(frozen=True)
class Work:
    """What the main thread of a page has done so far: seconds of work, of those in scripts, styles and
    layouts; and when."""

    at: float
    tasks: float
    scripts: float
    styles: float
    layouts: float

    def share_since(self, before: Work) -> float:
        """Percent of the time since then in which the thread was at work."""
        return 100 * (self.tasks - before.tasks) / (self.at - before.at)


async def work_of(cdp: CDPSession) -> Work:
    """The work so far; needs `Performance.enable`."""
    metrics = (await cdp.send("Performance.getMetrics"))["metrics"]
    found = {one["name"]: float(one["value"]) for one in metrics}
    names = ("Timestamp", "TaskDuration", "ScriptDuration", "RecalcStyleDuration", "LayoutDuration")
    return Work(*(found[name] for name in names))
