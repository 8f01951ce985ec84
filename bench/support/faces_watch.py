"""Open faces that are watched for hours: what they complain of, and what they grow by."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, CDPSession, ConsoleMessage, Page, Request
from playwright.async_api import WebSocket as Socket

_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (e) =>
  window.__violated(`${e.effectiveDirective} ${e.blockedURI || "inline"} ${e.sourceFile}:${e.lineNumber}`));
"""
_LEFT_BY_US = "ERR_ABORTED"
"""How a request ends that the page itself let go of, such as a picture that scrolled away."""


@dataclass(frozen=True)
class Size:
    """A page's size after its garbage was collected: MB of JavaScript's heap, and nodes."""

    heap_mb: float
    nodes: int


@dataclass
class WatchedFace:
    """One open face and what was noticed about it."""

    name: str
    page: Page
    cdp: CDPSession
    errors: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    sockets: int = 0

    @property
    def reconnects(self) -> int:
        """Websockets after the first."""
        return max(0, self.sockets - 1)

    async def size(self) -> Size:
        """How large it is now."""
        await self.cdp.send("HeapProfiler.collectGarbage")
        metrics = (await self.cdp.send("Performance.getMetrics"))["metrics"]
        found = {one["name"]: one["value"] for one in metrics}
        return Size(found["JSHeapUsedSize"] / 1e6, int(found["Nodes"]))

    def violated(self, text: str) -> None:
        """Note that the page broke its policy."""
        self.violations.append(text)

    def listen(self) -> None:
        """Note what happens from now on."""
        self.page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        self.page.on("console", self._said)
        self.page.on("requestfailed", self._failed)
        self.page.on("response", lambda answer: self._answered(answer.status, answer.url))
        self.page.on("websocket", self._opened)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _failed(self, request: Request) -> None:
        if _LEFT_BY_US not in (request.failure or ""):
            self.failed.append(f"{request.method} {request.url}: {request.failure}")

    def _answered(self, status: int, url: str) -> None:
        if status >= 400:
            self.failed.append(f"{status} {url}")

    def _opened(self, _: Socket) -> None:
        self.sockets += 1


async def watch_face(context: BrowserContext, name: str, address: str) -> WatchedFace:
    """Open a face, watched from the start."""
    page = await context.new_page()
    cdp = await context.new_cdp_session(page)
    await cdp.send("Performance.enable")
    face = WatchedFace(name, page, cdp)
    await page.expose_function("__violated", face.violated)
    await page.add_init_script(_REPORT_VIOLATIONS)
    face.listen()
    await page.goto(address)
    return face
