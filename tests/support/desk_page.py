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
_PARTS = "document.getElementById('desk').__k.__k[0].props.parts"
_DESK = f"{_PARTS}.desk"

_LOOK = f"""
() => {{
  const {{ desk, actions }} = {_PARTS};
  const relays = [...document.querySelectorAll(".relay-row")].map((one) => one.dataset.state);
  const {{ oldest, unhandled }} = desk.counts.value;
  const id = document.querySelector(".row-current")?.dataset.post ?? null;
  const byMode = ["awaits_approval", "first_post", "not_listed"];
  const isClean = ({{ bar, reasons }}) =>
    bar === null && (reasons ?? []).every(({{ code }}) => byMode.includes(code));
  const sight = new Set(desk.inSight());
  const rowOf = (one) => {{
    const [post, row] = [desk.view.value.post(one), document.getElementById(`post-${{one}}`)];
    const said = [...(row?.querySelectorAll(".said, .gathered li") ?? [])].map((part) => part.textContent);
    return {{
      id: one, in_sight: sight.has(one), clean: isClean(post), waits: post.state === "held",
      words: said.join(" ").split(/\\s+/).length, asks: /[?？؟]/.test(said.join(" ")),
      shows: actions.gather.approving(one).length,
    }};
  }};
  const rows = desk.listing.ids.filter((one) => (sight.has(one) || one === id) && desk.unhandled(one));
  return {{
    id, rows: rows.map(rowOf), fresh: desk.listing.fresh.length, left: unhandled,
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
class Row:
    """A card about which something is left to do. `words` are those that are to be read; `asks`: they
    have a question mark; `clean`: no rule caught anything; `shows`: so many posts one yes lets out."""

    id: str
    in_sight: bool
    clean: bool
    waits: bool
    words: int
    asks: bool
    shows: int


@dataclass(frozen=True)
class Look:
    """What a person at the desk sees: the current post, what is left to do in sight, and the queue."""

    id: str | None
    rows: list[Row]
    """Unhandled ones in sight and the current one, from the top."""
    fresh: int
    left: int
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
        seen = await self.page.evaluate(_LOOK)
        return Look(**{**seen, "rows": [Row(**row) for row in seen["rows"]]})

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
        self._noted_as_sent(request)

    def _answered(self, response: Response) -> None:
        sent = self._noted_as_sent(response.request)
        if sent:
            sent.statuses.append(response.status)

    def _noted_as_sent(self, request: Request) -> Sent | None:
        """The command of a request; an answer may come to one that was sent before anybody looked."""
        cause = self._cause(request)
        return self.sent.setdefault(cause, Sent(request.url.partition(self._api)[2])) if cause else None

    def _cause(self, request: Request) -> str | None:
        ours = self._api in request.url and not request.url.endswith("/presence")
        return request.headers.get("idempotency-key") if ours else None
