"""The golden vectors that Python's and TypeScript's reducers share."""

import json

import pytest

from tests.golden.make import GOLDEN, expected, golden

VECTORS = json.loads(GOLDEN.read_text(encoding="utf-8"))["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_python_folds_the_golden_vectors(vector: dict) -> None:
    assert expected(vector["snapshot"], vector["frames"]) == vector["expected"]


def test_the_golden_vectors_are_what_the_journal_says_today() -> None:
    assert golden() == GOLDEN.read_text(encoding="utf-8"), "run: python -m tests.golden.make"
