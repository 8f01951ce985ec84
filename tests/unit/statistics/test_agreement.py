"""Agreement: published figures to four decimals, missing values, and what has no value said in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitator.statistics.agreement import (
    Undefined,
    cohen,
    counts_of,
    fleiss,
    in_words,
    interval,
    krippendorff,
    pairs_of,
    percent,
    quantile,
    table_of,
)

FLEISS = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]
"""Ten subjects, fourteen people, five values: the worked example of Wikipedia's page on Fleiss' kappa."""
KRIPPENDORFF_C = (
    "1 2 3 3 2 1 4 1 2 * * *",
    "1 2 3 3 2 2 4 1 2 5 * 3",
    "* 3 3 3 2 3 4 2 2 5 1 *",
    "1 2 3 3 2 4 4 1 2 5 1 *",
)
"""Krippendorff 2011, section C: four people, twelve units, missing values."""
KRIPPENDORFF_3 = (
    "* * * * * 3 4 1 2 1 1 3 3 * 3",
    "1 * 2 1 3 3 4 3 * * * * * * *",
    "* * 2 1 3 4 4 * 2 1 1 3 3 * 4",
)
UNITS = st.lists(
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"), max_size=4), min_size=1, max_size=12
)


def units_of(lines: tuple[str, ...]) -> list[dict[str, str]]:
    """One dictionary a unit, from one line a person; a star is a missing value."""
    said = [line.split() for line in lines]
    return [
        {str(who): values[at] for who, values in enumerate(said) if values[at] != "*"}
        for at in range(len(said[0]))
    ]


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        ([[20, 5], [10, 15]], 0.4000),
        ([[45, 15], [25, 15]], 0.1304),
        ([[25, 35], [5, 35]], 0.2593),
        ([[118, 5], [2, 0]], -0.0234),
    ],
)
def test_cohens_kappa_is_the_published_one(table: list[list[int]], kappa: float) -> None:
    assert round(cohen(table_of(table)), 4) == kappa


def test_the_paradox_has_much_agreement_and_a_kappa_below_chance() -> None:
    pairs = table_of([[118, 5], [2, 0]])
    units = [{"one": one, "other": other} for one, other in pairs]
    assert round(percent(units), 3) == 0.944
    assert cohen(pairs) < 0


def test_fleiss_kappa_is_the_published_one() -> None:
    assert round(fleiss(FLEISS), 4) == 0.2099


@pytest.mark.parametrize(("lines", "alpha"), [(KRIPPENDORFF_C, 0.7434), (KRIPPENDORFF_3, 0.6914)])
def test_krippendorffs_alpha_is_the_published_one(lines: tuple[str, ...], alpha: float) -> None:
    assert round(krippendorff(units_of(lines)), 4) == alpha


def test_alpha_of_three_people_is_exact_to_six_places() -> None:
    assert round(krippendorff(units_of(KRIPPENDORFF_3)), 6) == 0.691358


@pytest.mark.parametrize(
    ("measure", "code"),
    [
        (lambda: cohen([(1, 1), (1, 1)]), "one_value"),
        (lambda: fleiss([[3, 0], [3, 0]]), "one_value"),
        (lambda: krippendorff([{"a": 1, "b": 1}, {"a": 1, "b": 1}]), "one_value"),
        (lambda: cohen([]), "no_pairs"),
        (lambda: fleiss([]), "no_pairs"),
        (lambda: fleiss([[1, 0]]), "no_pairs"),
        (lambda: percent([{"a": 1}]), "no_pairs"),
        (lambda: krippendorff([{"a": 1}, {"b": 2}]), "no_pairs"),
        (lambda: interval([{"a": 1}], seed=1), "no_pairs"),
        (lambda: fleiss([[2, 0], [1, 0]]), "ragged"),
    ],
)
def test_what_has_no_value_says_why_and_is_not_one(measure: object, code: str) -> None:
    with pytest.raises(Undefined) as problem:
        measure()  # type: ignore[operator]
    assert problem.value.code == code
    assert in_words(measure) == (None, code)  # type: ignore[arg-type]


def test_an_interval_holds_alpha_and_is_the_same_for_the_same_seed() -> None:
    units = units_of(KRIPPENDORFF_C)
    found = interval(units, seed=1)
    assert found.low < krippendorff(units) < found.high
    assert interval(units, seed=1) == found
    assert interval(units, seed=2) != found
    narrow = interval(units * 40, seed=1)
    assert narrow.high - narrow.low < (found.high - found.low) / 2


def test_quantiles_lie_between_their_neighbours() -> None:
    assert [quantile([1.0, 2.0, 4.0], at) for at in (0, 0.25, 0.5, 1)] == [1.0, 1.5, 2.0, 4.0]


@given(UNITS)
def test_a_unit_that_one_person_tagged_changes_no_measure(units: list[dict[str, str]]) -> None:
    alone = [*units, {"a": "w"}, {}]
    assert in_words(lambda: krippendorff(alone)) == in_words(lambda: krippendorff(units))
    assert in_words(lambda: percent(alone)) == in_words(lambda: percent(units))


@given(UNITS)
def test_who_said_what_does_not_matter_to_alpha_nor_do_the_values_names(
    units: list[dict[str, str]],
) -> None:
    renamed = [{f"{who}!": {"x": 7, "y": 8, "z": 9}[said] for who, said in unit.items()} for unit in units]
    one, other = in_words(lambda: krippendorff(units)), in_words(lambda: krippendorff(renamed))
    assert one == (pytest.approx(other[0]) if other[0] is not None else None, other[1])


@given(st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("xy")), min_size=1, max_size=30))
def test_for_two_people_alpha_is_kappa_but_for_small_numbers(pairs: list[tuple[str, str]]) -> None:
    units = [{"a": one, "b": other} for one, other in pairs]
    assert pairs_of(units, "a", "b") == pairs
    assert percent(units) == pytest.approx(sum(one == other for one, other in pairs) / len(pairs))
    alpha, problem = in_words(lambda: krippendorff(units))
    kappa, other_problem = in_words(lambda: fleiss(counts_of(units)))
    assert problem == other_problem
    if alpha is not None and kappa is not None:
        # Scott's pi, which Fleiss' kappa is for two people, and alpha differ by (1 - pi) / 2n.
        assert alpha == pytest.approx(kappa + (1 - kappa) / (2 * len(pairs)))
