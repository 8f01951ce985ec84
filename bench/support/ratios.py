"""What was measured last, as ratios that runs elsewhere can be compared with (bench-ratios.json).

Times belong to a machine; how many times the floor a server takes, and its memory, mostly do not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.support.results import machine, rounded

PATH = Path(__file__).resolve().parents[2] / "docs" / "reference" / "bench-ratios.json"
WORSE = 1.2
"""More than this many times what was recorded is called worse."""


class Ratios:
    """The recorded values of one measurement, by what they are. Less is better for all of them."""

    def __init__(self, name: str, path: Path = PATH) -> None:
        self._name = name
        self._path = path

    def outcome(self, found: Mapping[str, float], *, keep: bool = False) -> list[str]:
        """Sentences that say what got worse than recorded, or better; with `keep`, record it anew."""
        recorded: dict[str, Any] = self._all().get(self._name, {})
        lines = compared(recorded.get("values", {}), found, str(recorded.get("at", "")))
        if keep:
            self._keep(found)
            lines.append(f"Recorded in {self._path.name}.")
        return lines

    def _all(self) -> dict[str, Any]:
        if not self._path.exists():
            return {}
        everything: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        return everything

    def _keep(self, found: Mapping[str, float]) -> None:
        about = machine()
        kept = {
            "at": datetime.now(UTC).date().isoformat(),
            "machine": f"{about['cores']} cores ({about['processor']}), Python {about['python']}",
            "values": {what: round(value, 3) for what, value in found.items()},
        }
        everything = self._all() | {self._name: kept}
        text = json.dumps(everything, indent=1, ensure_ascii=False, sort_keys=True)
        self._path.write_text(text + "\n", encoding="utf-8")


def compared(recorded: Mapping[str, float], found: Mapping[str, float], at: str) -> list[str]:
    """What changed since, a sentence each. `recorded` and `found` by what they are."""
    if not recorded:
        return ["Nothing to compare with: this measurement was never recorded in this form."]
    lines = []
    for what, value in found.items():
        before = recorded.get(what)
        if before and not 1 / WORSE < value / before < WORSE:
            word = "WORSE" if value > before else "better"
            lines.append(f"{word} than on {at}: {what}: {rounded(value)}, it was {rounded(before)}.")
    missing = sorted(set(recorded) - set(found))
    lines += [f"Recorded on {at} and not measured now: {what}." for what in missing]
    return lines or [f"Nothing got worse than on {at} by more than {100 * (WORSE - 1):.0f} %."]
