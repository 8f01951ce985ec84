"""All measurements in their quick forms, one after the other, and all figures in one table."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.support.arguments import parser
from bench.support.results import RESULTS, Figure, in_words, out, print_table

HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    """Every measurement there is, by the name of its module."""
    return sorted(path.stem for path in HERE.glob("[a-z]*.py"))


def run(name: str) -> list[Figure]:
    """Run one measurement in a process of its own; its figures, or one that says how it ended."""
    command = [sys.executable, "-m", f"bench.{name}", "--quick"]
    ended = subprocess.run(command, cwd=HERE.parent, check=False).returncode
    if ended:
        return [Figure(f"{name}: failed, exit code {ended}", None, "")]
    written = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    out.print(f"  {in_words(written['machine'])}\n", style="dim", markup=False)
    return [Figure(**(figure | {"what": f"{name}: {figure['what']}"})) for figure in written["figures"]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for; 1 if one of them failed."""
    described = parser(__doc__)
    described.add_argument("names", nargs="*", help=f"only these, of: {', '.join(names())}")
    described.add_argument("--skip", action="append", default=[], metavar="NAME", help="leave one out")
    given = described.parse_args(arguments)
    wanted = [name for name in given.names or names() if name not in given.skip]
    figures = [figure for name in wanted for figure in run(name)]
    print_table("All figures, quick forms", figures)
    return int(any(figure.value is None for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
