"""Microseconds to judge one original post with all rules, and what they hold of a real conference.

Every original of the archive is judged in order, with the history that the posts before it made, as
the door does it. Rules: all of them, with the words that rules begin with, and again with a list of
50,000 lines and 100 patterns. The turn of a plain loop is measured between the runs, so that figures of
machines of different speed can be compared.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.support import archive
from bench.support.arguments import parser
from bench.support.results import Report, percentile
from wall.feeds.archive import read_archive
from wall.feeds.base import Arrived
from wall.model import Post
from wall.moderation import STARTER_WORDS, Mode, Past, Rules, compile_rules, judge, text_digest
from wall.text import drop_bad_links

RUNS = 5
TURNS = 100_000
ALL_RULES = Rules(mode=Mode.AUTO, links=("example.org",), foreign_tags=("another",), blocked=("@nobody",))
LONG_LIST = tuple(f"unheard{number} word" if number % 2 else f"unheard{number}" for number in range(49_900))
PATTERNS = tuple(f"/\\bx{number}(y+z?)+\\b/" for number in range(100))


@dataclass
class Run:
    """Seconds of each judgement of one run, those of them that were work of this thread, those of keeping
    history, and what was held."""

    judged: list[float] = field(default_factory=list)
    work: float = 0.0
    kept: float = 0.0
    held: Counter[str] = field(default_factory=Counter)


def originals(path: Path) -> list[Post]:
    """The archive's posts that are judged: those that repeat no other."""
    posts = (item.post for item in read_archive(path) if isinstance(item, Arrived))
    return [drop_bad_links(post) for post in posts if not post.repost_of or post.repost_of == post.key]


def run(posts: Sequence[Post], rules: Rules) -> Run:
    """Judge all posts once."""
    compiled, past, measured = compile_rules(rules), Past(rules), Run()
    for post in posts:
        before = time.perf_counter()
        digest = text_digest(post.text)
        history = past.history(post, digest)
        work = time.thread_time()
        began = time.perf_counter()
        verdict = judge(post, compiled, history)
        ended = time.perf_counter()
        measured.work += time.thread_time() - work
        past.add_post(post, digest, verdict.state)
        measured.judged.append(ended - began)
        measured.kept += began - before + time.perf_counter() - ended
        measured.held.update({reason.code for reason in verdict.reasons})
    return measured


def turn_of_a_loop() -> float:
    """Nanoseconds that one turn of a plain loop takes here and now."""
    began, turns = time.perf_counter(), 0
    while turns < TURNS:
        turns += 1
    return (time.perf_counter() - began) / TURNS * 1e9


def measure(report: Report, what: str, posts: Sequence[Post], rules: Rules, runs: int) -> None:
    """Judge all posts several times; the same posts are held every time."""
    began = time.perf_counter()
    compile_rules(rules)
    report.add(f"{what}: rules made ready", (time.perf_counter() - began) * 1_000, "ms")
    done: list[Run] = []
    turns: list[float] = []
    for _ in range(runs):
        turns.append(turn_of_a_loop())
        done.append(run(posts, rules))
    for name, share in (("median", 0.50), ("p95", 0.95), ("longest", 1.0)):
        each = [percentile(one.judged, share) * 1e6 for one in done]
        report.median(f"{what}: {name} of a post", each, "µs")
    report.median(f"{what}: mean work of a post", [one.work / len(posts) * 1e6 for one in done], "µs")
    report.median(f"{what}: judged", [len(posts) / sum(one.judged) for one in done], "posts/s")
    report.median(f"{what}: history of a post", [one.kept / len(posts) * 1e6 for one in done], "µs")
    report.median(f"{what}: a turn of a plain loop meanwhile", turns, "ns")
    report.detail[f"{what}: held"] = dict(done[0].held.most_common())
    held = ", ".join(f"{code} {count}" for code, count in done[0].held.most_common())
    report.notes.append(f"{what}: of {len(posts)} originals, held for {held}.")


def main() -> None:
    """Measure judging."""
    arguments = parser(__doc__).parse_args()
    report = Report("judging", "Judging: every original with all rules", arguments.quick)
    with TemporaryDirectory() as folder:
        path, which = archive.archive(Path(folder))
        posts = originals(path)
    runs = 1 if arguments.quick else RUNS
    measure(report, "all rules", posts, ALL_RULES, runs)
    long_list = ALL_RULES.model_copy(update={"words": STARTER_WORDS + LONG_LIST + PATTERNS})
    measure(report, "50,000 lines", posts, long_list, runs)
    report.notes.append(f"Posts of {which}.")
    report.finish()


if __name__ == "__main__":
    main()
