"""Where a moment is in a recording: as players understand it, and as the phones' own code says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wall.recordings import lasting, moment_in

MOMENTS = json.loads((Path(__file__).parents[1] / "golden" / "moments.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("url", "seconds", "at", "exact"), MOMENTS)
def test_a_moment_has_the_address_that_its_player_understands(
    url: str, seconds: int, at: str, exact: bool
) -> None:
    assert moment_in(url, seconds) == (at, exact)


def test_times_are_as_players_write_them() -> None:
    assert [lasting(seconds) for seconds in (0, 65, 3_723)] == ["0:00", "1:05", "1:02:03"]
