"""One application for many tests. FastAPI reads its routes in half a second, and they are the same for
every test: a worker mounts them once, on parts that stand for those of the test that runs now."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI

from wall import server
from wall.routes.pages import build_number
from wall.routes.words import Words
from wall.server import Backchannel
from wall.settings import Settings


class Mounted:
    """An application whose routes were read, and whose parts are changed by `use`."""

    def __init__(self, settings: Settings) -> None:
        self.now: Backchannel | None = None
        """The parts of the test that uses it; None while it is mounted."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(server, "Backchannel", lambda given: _Stand(self, given))
            self.app: FastAPI = server.create_app(settings)

    def use(self, parts: Backchannel) -> None:
        """Let requests reach these parts."""
        self.now = parts
        self.app.state.parts = parts
        self.app.state.access = parts.access


class _Stand:
    """Stands where the parts would be while the application is mounted. What is plain is there."""

    def __init__(self, mounted: Mounted, settings: Settings) -> None:
        self.settings = settings
        self.build = build_number()
        self.words = Words()
        self._mounted = mounted

    def __getattr__(self, name: str) -> _Part:
        return _Part(self._mounted, (name,))


class _Part:
    """Stands for one part, or what belongs to it. While the application is mounted nobody may hold on
    to a part that is there, so whatever is asked for is stood for too."""

    def __init__(self, mounted: Mounted, path: tuple[str, ...]) -> None:
        self._mounted, self._path = mounted, path

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self._mounted.now is None:
            return _Part(self._mounted, (*self._path, name))
        return getattr(self._real(), name)

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self._real()(*given, **named)

    def _real(self) -> Any:
        found: Any = self._mounted.now
        for name in self._path:
            found = getattr(found, name)
        return found
