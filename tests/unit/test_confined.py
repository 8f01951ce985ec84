"""A confined process is ended where it uses more than its share, and its request is given up."""

from __future__ import annotations

from pathlib import Path

import pytest

from wall.confined.process import Failed, Pool

_SCRIPT = """
import os, sys
from wall.confined import limits

with limits.private_output() as answers:
    limits.limit()
    while request := sys.stdin.buffer.read(1):
        limits.CPU_SECONDS = 0
        limits.allow_time()
        while request == b"t":
            pass
        if request == b"m":
            bytearray(2 << 30)
        if request == b"p":
            print("noise", flush=True)
        said = str(sorted(os.environ.keys() - {"LC_CTYPE"})).encode()
        answers.write(limits.ANSWER.pack(7, len(said)) + said)
        answers.flush()
"""


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    script = tmp_path / "worker.py"
    script.write_text(_SCRIPT)
    return Pool(script, workers=1, seconds=120.0)


@pytest.mark.parametrize("request_", [b"t", b"m"], ids=["time", "memory"])
async def test_one_that_goes_beyond_its_share_is_ended_and_replaced(pool: Pool, request_: bytes) -> None:
    with pytest.raises(Failed):
        await pool.ask(request_)
    assert (await pool.ask(b"x"))[0] == 7
    await pool.close()


async def test_it_sees_nothing_of_the_environment_and_prints_get_nowhere(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKCHANNEL_SECRET", "x")
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    assert await pool.ask(b"p") == (7, b"[]")
    assert await pool.ask(b"x") == (7, b"[]")
    await pool.close()
