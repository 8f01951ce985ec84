"""Text from outside beside other people's text. The golden vectors are TypeScript's, too."""

from __future__ import annotations

import json
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wall.hygiene import displayed, displayed_line, link_label, shown_host, shown_url, tidy, tidy_line
from wall.model import Link
from wall.text import from_html

GOLDEN: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[1] / "golden" / "hygiene.json").read_text(encoding="utf-8")
)
CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ODD = st.text(
    st.sampled_from(
        [*CONTROLS, *"aא1 .:/#@\n\t\x00\x1b\u200d\ufe0f\u0301\u0302\u0323\u0e47\u064e\u0651\u0f92\u094d"]
    ),
    max_size=80,
)


def named(group: str, key: str = "name") -> pytest.MarkDecorator:
    vectors = GOLDEN[group]
    return pytest.mark.parametrize("vector", vectors, ids=[ascii(vector[key]) for vector in vectors])


@named("tidy")
def test_text_is_made_tidy(vector: dict[str, Any]) -> None:
    assert tidy(vector["text"]) == vector["shown"]


@named("lines", "text")
def test_a_name_is_one_line(vector: dict[str, Any]) -> None:
    assert tidy_line(vector["text"]) == vector["shown"]


@named("hosts", "url")
def test_a_host_that_could_be_taken_for_another_is_shown_in_ascii(vector: dict[str, Any]) -> None:
    assert shown_host(vector["url"]) == vector["shown"]


@named("labels", "text")
def test_a_link_says_where_it_leads(vector: dict[str, Any]) -> None:
    assert link_label(vector["text"], vector["url"]) == vector["shown"]


@named("runs")
def test_a_post_is_shown_in_runs(vector: dict[str, Any]) -> None:
    links = [Link(**link) for link in vector["links"]]
    found = displayed(vector["text"], links, vector["emoji"])
    assert [run._asdict() for run in found] == vector["runs"]


@named("names")
def test_a_name_is_shown_in_runs(vector: dict[str, Any]) -> None:
    assert [run._asdict() for run in displayed_line(vector["text"], vector["emoji"])] == vector["runs"]


@given(ODD | st.text(max_size=80))
def test_tidy_text_leaves_nothing_open_and_is_tidy(text: str) -> None:
    shown = tidy(text)
    assert tidy(shown) == shown
    assert "\n\n\n" not in shown
    assert not any(unicodedata.category(char) == "Cc" and char != "\n" for char in shown)
    for line in shown.split("\n"):
        assert_closed(line)


def assert_closed(line: str) -> None:
    """Every end has a beginning and every beginning its end (UAX #9)."""
    still_open: list[str] = []
    for char in line:
        if char in "\u202a\u202b\u202d\u202e":
            still_open.append("\u202c")
        elif char in "\u2066\u2067\u2068":
            still_open.append("\u2069")
        elif char == "\u202c":
            assert still_open.pop() == char
        elif char == "\u2069":
            while still_open[-1] != char:
                still_open.pop()
            still_open.pop()
    assert not still_open


@given(ODD)
def test_no_cluster_has_more_marks_than_its_scripts_stack(text: str) -> None:
    generic = total = 0
    for char in tidy(text):
        category = unicodedata.category(char)
        if category in {"Mn", "Me"}:
            generic += char in "\u0301\u0302\u0323"
            total += 1
            assert generic <= 2
            assert total <= 8
        elif category not in {"Mc", "Cf"}:
            generic = total = 0


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-2, 70), st.integers(-2, 70)), max_size=4))
def test_runs_say_what_the_text_says(text: str, places: list[tuple[int, int]]) -> None:
    links = [Link(start=start, end=end, url="https://e.example/") for start, end in places]
    runs = displayed(text, links, {"owl"})
    assert all(run.text for run in runs)
    plain = "".join(run.text for run in displayed(text))
    assert plain == tidy(text)


def test_a_link_of_a_network_that_lies_shows_the_truth() -> None:
    text, links = from_html('<p>See <a href="https://evil.example/login">https://bank.example</a></p>')
    assert [run.text for run in displayed(text, links)] == ["See ", "evil.example/login"]


@pytest.mark.parametrize("url", ["", "x", "https://", "https://[", "https://\u202e.example/"])
def test_what_is_no_address_is_no_trouble(url: str) -> None:
    assert isinstance(shown_url(url), str)


@pytest.mark.parametrize(
    "part",
    [*CONTROLS, "a\u0301", "\u0301", "\n", "\n ", ":", ":a", "a.", "\u200d", "\u2067\u202c\u2069", ":ab:"],
)
def test_hostile_text_takes_no_longer_than_its_length(part: str) -> None:
    text = part * (20_000 // len(part))
    started = time.process_time()
    displayed(text, [Link(start=0, end=10_000, url="https://e.example/")], {"ab"})
    displayed_line(text, {"ab"})
    assert time.process_time() - started < 1
