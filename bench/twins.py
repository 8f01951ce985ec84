"""How often two posts are rightly, wrongly or not taken for twins, and what it costs to look.

The pairs are made up and labelled (`tests/golden/twins/pairs.tsv`): one person's same post as cross-posters
leave it, and what only looks like it. Then the fingerprint of every post of them is timed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from bench.support.arguments import parser
from bench.support.results import Report
from tests.support.twin_pairs import Labelled, labelled
from wall.twins import key_of, same

ROUNDS = 50
QUICK_ROUNDS = 5


def found(pair: Labelled) -> bool:
    """Whether the door would take these for one: they are found, and it is the same person's."""
    why = same(pair.one, pair.other, pair.told)
    return why is not None and key_of(pair.one) == key_of(pair.other)


def recognition(report: Report) -> None:
    """Precision and recall over all pairs, and what was wrong or missed, by kind."""
    pairs = labelled()
    taken = [pair for pair in pairs if found(pair)]
    right = [pair for pair in taken if pair.same]
    alike = [pair for pair in pairs if pair.same]
    report.add(
        "labelled pairs, of one person / of two",
        len(pairs),
        "pairs",
        f"{len(alike)} / {len(pairs) - len(alike)}",
    )
    report.add(
        "precision: taken for twins, and were",
        100 * len(right) / len(taken),
        "%",
        f"{len(right)} of {len(taken)}",
    )
    report.add(
        "recall: were twins, and were taken for them",
        100 * len(right) / len(alike),
        "%",
        f"{len(right)} of {len(alike)}",
    )
    report.notes.append(f"Wrongly taken for twins: {_by_kind([one for one in taken if not one.same])}.")
    report.notes.append(f"Missed: {_by_kind([one for one in alike if not found(one)])}.")


def cost(report: Report, rounds: int) -> None:
    """Microseconds to work out what a post is found by, and to compare two."""
    pairs = labelled()
    posts = [post for pair in pairs for post in (pair.one, pair.other)]
    keys, compared = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        for post in posts:
            key_of(post)
        between = time.perf_counter()
        for pair in pairs:
            same(pair.one, pair.other, pair.told)
        keys.append((between - began) / len(posts) * 1e6)
        compared.append((time.perf_counter() - between) / len(pairs) * 1e6)
    report.median("what a post is found by", keys, "µs")
    report.median("two posts compared", compared, "µs")


def _by_kind(pairs: Sequence[Labelled]) -> str:
    counted = Counter(pair.kind for pair in pairs)
    return ", ".join(f"{kind} {number}" for kind, number in sorted(counted.items())) or "none"


def main() -> None:
    """Measure twins."""
    arguments = parser(__doc__).parse_args()
    report = Report("twins", "Twins: one person's same post on two networks", arguments.quick)
    recognition(report)
    cost(report, QUICK_ROUNDS if arguments.quick else ROUNDS)
    report.finish()


if __name__ == "__main__":
    main()
