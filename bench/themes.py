"""How well suggested themes fit those that a person gave: the adjusted Rand index of each method.

All posts of `themes-labelled.json` are grouped, with those that no theme was given to; the index is taken
over the posts that have one. A post in no group is a group of its own. Methods that need the extra
`themes`, or a model, are left out by name where that is missing.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.support.arguments import parser
from bench.support.results import Report
from facilitator.statistics.clustering import clustered, clustered_by, installed, model_in
from facilitator.statistics.likeness import same_words
from facilitator.statistics.themes import Theme, adjusted_rand, themes

NAME = "themes-labelled.json"
Method = Callable[[Sequence[str]], list[Theme]]


def labelled() -> list[tuple[str, str | None]] | None:
    """The posts and their themes; None where the file is not here."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    path = Path(os.environ.get("BACKCHANNEL_DATA") or beside) / NAME
    if not path.is_file():
        return None
    return [(text, theme) for text, theme in json.loads(path.read_text(encoding="utf-8"))]


def methods(model: str | None) -> tuple[dict[str, Method], list[str]]:
    """The methods that this machine can measure, by name, and in words those that it cannot."""
    found: dict[str, Method] = {
        "the same in nearly the same words": lambda texts: [
            Theme(group, ()) for group in same_words(texts)
        ],
        "likeness of words and letters, average linkage": lambda texts: themes(texts, least=2),
    }
    missing = []
    if installed():
        found["latent semantic analysis, Ward's linkage (extra themes)"] = lambda texts: clustered(
            texts, least=2
        )
    else:
        missing.append("Not measured: latent semantic analysis. Install the extra `themes`.")
    if model and installed():
        encode = model_in(model)
        found[f"vectors of {Path(model).name}, Ward's linkage"] = lambda texts: clustered_by(
            texts, encode, least=2
        )
    else:
        missing.append("Not measured: vectors of a model. Name the folder of one with --model.")
    return found, missing


def index(groups: Sequence[Theme], given: Sequence[str | None]) -> float:
    """The adjusted Rand index over the posts that a theme was given to."""
    labels = [-place - 1 for place in range(len(given))]
    for number, group in enumerate(groups):
        for place in group.places:
            labels[place] = number
    known = [place for place, theme in enumerate(given) if theme is not None]
    return adjusted_rand([labels[place] for place in known], [given[place] for place in known])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    described = parser(__doc__)
    described.add_argument("--model", help="folder of a model2vec model on this machine")
    given = described.parse_args(arguments)
    report = Report("themes", "Themes that are suggested beside those that a person gave", given.quick)
    posts = labelled()
    if posts is None:
        report.notes.append(f"Nothing was measured: {NAME} is not in the folder of BACKCHANNEL_DATA.")
        report.finish()
        return
    texts, wanted = [text for text, _ in posts], [theme for _, theme in posts]
    found, missing = methods(given.model)
    for name, method in found.items():
        began = time.perf_counter()
        groups = method(texts)
        seconds = time.perf_counter() - began
        spread = f"{len(groups)} groups in {seconds:.1f} s"
        report.add(f"adjusted Rand index: {name}", round(index(groups, wanted), 3), "", spread)
    themed = sum(theme is not None for theme in wanted)
    report.notes.append(f"{len(texts)} posts, of which {themed} in {len(set(wanted) - {None})} themes.")
    report.notes += missing
    report.finish()


if __name__ == "__main__":
    sys.exit(main())
