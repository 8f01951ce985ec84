"""A desk in Chromium as a measurement sees it: its keys, what is on it, and the copy that it holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, Page, Request, Response

from tests.support.waiting import PATIENCE, eventually

# A key's change is in the first mutation after it. Two animation frames later the frame that has it
# was painted: the moment is up to one frame late and never early. Letters of a text are no commands.
_NOTE_KEYS = """
(() => {
  const noted = { keys: [], events: [], frames: [] };
  let open = null;
  addEventListener("keydown", (event) => {
    const typed = event.target instanceof HTMLInputElement && (event.key.length === 1 || event.altKey);
    if (typed || ["Alt", "Shift"].includes(event.key)) return;
    open = { key: event.key, at: event.timeStamp, changed: null, painted: null };
    noted.keys.push(open);
  }, true);
  new MutationObserver(() => {
    const key = open;
    if (!key) return;
    open = null;
    key.changed = performance.now();
    requestAnimationFrame(() => requestAnimationFrame(() => (key.painted = performance.now())));
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  const watch = (type, into, take, more = {}) => {
    if (!PerformanceObserver.supportedEntryTypes.includes(type)) return;
    const seen = (list) => into.push(...list.getEntries().map(take).filter(Boolean));
    new PerformanceObserver(seen).observe({ type, ...more });
  };
  const key = (one) => one.name === "keydown" && { at: one.startTime, duration: one.duration };
  watch("event", noted.events, key, { durationThreshold: 16 });
  watch("long-animation-frame", noted.frames, (one) => ({ at: one.startTime, duration: one.duration }));
  window.__noted = noted;
})();
"""

# Preact keeps its tree on the node that it draws into; the first component is given the desk.
_DESK = "document.getElementById('desk').__k.__k[0].props.parts.desk"

_LOOK = f"""
() => {{
  const desk = {_DESK};
  const row = document.querySelector(".row-current");
  const relays = [...document.querySelectorAll(".relay-row")].map((one) => one.dataset.state);
  const {{ oldest, unhandled }} = desk.counts.value;
  const id = row?.dataset.post ?? null;
  const byMode = ["awaits_approval", "first_post", "not_listed"];
  const isClean = ({{ bar, reasons }}) =>
    bar === null && (reasons ?? []).every(({{ code }}) => byMode.includes(code));
  const left = desk.inSight().filter((one) => desk.unhandled(one));
  const clean = left.filter((one) => isClean(desk.view.value.post(one)));
  return {{
    id, unhandled: id !== null && desk.unhandled(id),
    state: id === null ? null : desk.view.value.post(id)?.state ?? null,
    text: row?.querySelector(".said")?.textContent ?? "",
    fresh: desk.listing.fresh.length, left: unhandled,
    clean, clean_waiting: clean.filter((one) => desk.view.value.post(one).state === "held").length,
    oldest_ms: oldest === null ? 0 : Date.now() - oldest,
    floor: relays.includes("on_floor"), next: relays.includes("next"),
    queued: relays.filter((one) => one === "queued").length,
    problems: desk.problems.value.length, unsent: desk.outbox.entries.value.length,
  }};
}}
"""

_HELD = f"""
() => {{
  const desk = {_DESK};
  const {{ posts, contributions, relays, sessions, placements }} = desk.view.value.base;
  const unique = new Map([...contributions.values()].map((one) => [one.id, one]));
  return {{
    post: Object.fromEntries(posts), contribution: Object.fromEntries(unique),
    relay: Object.fromEntries(relays), session: Object.fromEntries(sessions),
    placement: Object.fromEntries(placements),
  }};
}}
"""

Held = dict[str, dict[str, dict[str, Any]]]
"""Values by type and id: of posts, contributions, relays, sessions and placements."""


@dataclass(frozen=True)
class Look:
    """What a person at the desk sees: the current post, what is new, and the queue."""

    id: str | None
    unhandled: bool
    state: str | None
    text: str
    fresh: int
    left: int
    clean: list[str]
    """Unhandled posts in sight in which no rule caught anything."""
    clean_waiting: int
    """How many of them wait."""
    oldest_ms: float
    floor: bool
    next: bool
    queued: int
    problems: int
    unsent: int


@dataclass(frozen=True)
class Sent:
    """A command that the page sent: its path below the event, and the status of each answer."""

    path: str
    statuses: list[int] = field(default_factory=list)

    @property
    def verb(self) -> str:
        """What was to be done, such as `approve`."""
        return self.path.rpartition("/")[2]

    @property
    def done(self) -> bool:
        """Whether the server did it, at whichever try."""
        return any(200 <= status < 300 for status in self.statuses)


class DeskPage:
    """One desk. `sent` are its commands by cause, in order."""

    def __init__(self, page: Page, event: str) -> None:
        self.page = page
        self.sent: dict[str, Sent] = {}
        self._api = f"/api/v1/events/{event}"
        page.on("request", self._asked)
        page.on("response", self._answered)

    @staticmethod
    async def note_keys(context: BrowserContext) -> None:
        """Note keys and their changes on pages that are opened in this context from now on."""
        await context.add_init_script(_NOTE_KEYS)

    async def look(self) -> Look:
        """What is to be seen now."""
        return Look(**await self.page.evaluate(_LOOK))

    async def held(self) -> Held:
        """The copy that the page holds, without what is painted over it."""
        return dict(await self.page.evaluate(_HELD))

    async def posts(self) -> int:
        """How many posts it holds."""
        return int(await self.page.evaluate(f"{_DESK}.view.value.base.posts.size"))

    async def settled(self, within: float = PATIENCE) -> None:
        """Wait until everything that was done is answered and in the copy."""

        async def empty() -> bool:
            return (await self.look()).unsent == 0

        await eventually(empty, within, "the desk to have sent everything")

    async def noted(self) -> dict[str, list[dict[str, Any]]]:
        """`keys` with `at`, `changed` and `painted`; `events` of 16 ms and more and `frames` of 50 ms
        and more, as the browser timed them. All in milliseconds since the page was opened."""
        return dict(await self.page.evaluate("window.__noted"))

    def verbs(self) -> Counter[str]:
        """How many commands of each verb were sent."""
        return Counter(one.verb for one in self.sent.values())

    def refused(self) -> list[Sent]:
        """Commands that the server would not do."""
        return [one for one in self.sent.values() if any(400 <= status < 500 for status in one.statuses)]

    def _asked(self, request: Request) -> None:
        cause = self._cause(request)
        if cause:
            self.sent.setdefault(cause, Sent(request.url.partition(self._api)[2]))

    def _answered(self, response: Response) -> None:
        cause = self._cause(response.request)
        if cause:
            self.sent[cause].statuses.append(response.status)

    def _cause(self, request: Request) -> str | None:
        ours = self._api in request.url and not request.url.endswith("/presence")
        return request.headers.get("idempotency-key") if ours else None
