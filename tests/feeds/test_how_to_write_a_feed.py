"""The worked example of docs/how-to/write-a-feed.md: its code, taken out of the page, passes the kit."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path
from typing import Any

import pytest

import wall.feeds
from tests.feeds.kit_door import door
from wall.errors import BadInput, FeedFatal
from wall.feeds.base import Source, check_config, networks, open_source
from wall.feeds.common.problems import Passing
from wall.feeds.forms import fields_of, in_words

__all__ = ["door"]

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-feed.md"
_BLOCK = re.compile(r"```python\n# (\S+)\.py\n(.*?)```", re.DOTALL)


def _loaded(path: str, code: str) -> types.ModuleType:
    """A block of the page as the module that it says it is."""
    name = path.replace("/", ".")
    module = types.ModuleType(name)
    module.__file__ = str(PAGE)
    sys.modules[name] = module
    exec(compile(code, f"{PAGE} ({path})", "exec", dont_inherit=True), vars(module))
    return module


MODULES = {path: _loaded(path, code) for path, code in _BLOCK.findall(PAGE.read_text(encoding="utf-8"))}
BOARD: Any = MODULES["wall/feeds/noticeboard"]
TestNoticeboard: Any = vars(MODULES["tests/feeds/test_kit_noticeboard"])["TestNoticeboard"]


@pytest.fixture(autouse=True)
def _found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The network's file lies where networks are looked for."""
    (tmp_path / "noticeboard.py").touch()
    monkeypatch.setattr(wall.feeds, "__path__", [*wall.feeds.__path__, str(tmp_path)])


def test_the_page_has_the_three_files_and_the_kit_is_run_over_them() -> None:
    assert list(MODULES) == [
        "wall/feeds/noticeboard",
        "tests/world/noticeboard",
        "tests/feeds/test_kit_noticeboard",
    ]
    assert sum(name.startswith("test_") for name in dir(TestNoticeboard)) > 10


def test_its_network_is_found_by_its_name_and_has_a_form() -> None:
    assert "noticeboard" in networks()
    assert [(one.name, one.kind) for one in fields_of("noticeboard")] == [
        ("host", "text"),
        ("token", "secret"),
    ]


async def test_its_token_is_shown_nowhere_and_goes_to_public_servers_only() -> None:
    config = check_config("noticeboard", {"host": "board.example", "token": "a-secret"})
    assert in_words(config) == {"host": "board.example"}
    assert "a-secret" not in repr(BOARD.NoticeboardConfig.model_validate(config))
    for host in ("http://board.example", "10.0.0.1", ""):
        with pytest.raises(BadInput) as refused:
            check_config("noticeboard", {"host": host, "token": "a-secret"})
        assert refused.value.details["fields"] == ["host"]
        assert "a-secret" not in f"{refused.value.as_json()}"
    source: Source = open_source("noticeboard", config)
    assert source.places == ("board.example",)
    await source.aclose()


async def test_its_problems_are_those_that_the_page_names() -> None:
    source = open_source("noticeboard", {"host": "board.example"})
    assert source.retry_after(Passing("rate_limited", "x", wait=7.0), 1) == 7.0
    assert source.retry_after(ConnectionResetError(), 1) is not None
    assert source.retry_after(FeedFatal("x", remedy="y"), 1) is None
    assert source.retry_after(ZeroDivisionError(), 1) is None
    await source.aclose()


def test_what_the_page_leads_to_is_there() -> None:
    root = PAGE.parents[2]
    text = PAGE.read_text(encoding="utf-8")
    outside_of_code = _BLOCK.sub("", text)
    named = re.findall(r"`((?:wall|tests)/[a-z_/]+(?:\.py)?)`", outside_of_code)
    linked = re.findall(r"\]\(([^)#:]+)\)", outside_of_code)
    assert len(named) > 8
    missing = [path for path in named if not (root / path).exists()]
    missing += [path for path in linked if not (PAGE.parent / path).exists()]
    assert [path for path in missing if "noticeboard" not in path] == []
