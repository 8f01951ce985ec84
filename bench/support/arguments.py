"""Command-line arguments that every measurement takes."""

from __future__ import annotations

import argparse


def parser(doc: str | None) -> argparse.ArgumentParser:
    """A parser with --quick, described by the first paragraph of a module's docstring."""
    described = argparse.ArgumentParser(description=(doc or "").split("\n\n")[0])
    described.add_argument("--quick", action="store_true", help="fewer runs: seconds, not minutes")
    return described
