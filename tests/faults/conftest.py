"""What the fault suites share."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import pytest

from tests.support.nursery import Nursery

Tell = Callable[[str], None]


@pytest.fixture
def nursery(request: pytest.FixtureRequest, nursery: Nursery) -> Nursery | None:
    """None for the long suites: what they say of restarts is of servers that start from nothing."""
    return None if request.node.get_closest_marker("faults") else nursery


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Says a line to who runs the tests, whether they pass or not."""

    def say(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}\n")

    return say


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Chance that is the same whenever this test runs."""
    return random.Random(request.node.name)
