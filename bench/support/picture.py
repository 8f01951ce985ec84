"""The fan-out's table as an SVG picture: bars on a logarithmic scale, a row for every server."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from bench.support.results import RESULTS, rounded

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference"
NAME = "fanout.svg"
_COLUMNS = {"1": "one message", "10": "burst of 10", "100": "burst of 100"}
_NAMES, _COLUMN, _ROW, _BAR, _TOP = 230, 200, 26, 14, 74
_GAP, _LABEL = 16, 46
_LEAST, _MOST = 0.1, 1000.0
"""Microseconds at the ends of a bar's scale."""
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#222}.title{font-size:15px;font-weight:600}"
    ".small{font-size:11px;fill:#555}.ours{font-weight:600}.bar{fill:#8aa0b8}.bar.ours{fill:#b5482a}"
    ".back{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#eee}.small{fill:#aaa}.back{fill:#16181c}"
    ".bar{fill:#5d7590}.bar.ours{fill:#e0714f}}"
)


def picture(servers: Sequence[Mapping[str, Any]], title: str, machine: Mapping[str, Any]) -> Path:
    """Draw servers (`name`, `micros` by burst, `kb`) into bench/results/fanout.svg; its path."""
    path = RESULTS / NAME
    RESULTS.mkdir(exist_ok=True)
    about = (
        "µs of server CPU a delivery, logarithmic bars. "
        f"{machine['cores']} cores ({machine['processor']}); load {machine['load_before']} before."
    )
    path.write_text(drawn(servers, title, about), encoding="utf-8")
    return path


def drawn(servers: Sequence[Mapping[str, Any]], title: str, about: str) -> str:
    """The picture as text."""
    width = _NAMES + len(_COLUMNS) * _COLUMN + 90
    height = _TOP + len(servers) * _ROW + 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<rect class="back" width="{width}" height="{height}"/>',
        f'<text class="title" x="12" y="22">{escape(title)}</text>',
        f'<text class="small" x="12" y="40">{escape(about)}</text>',
        *(
            f'<text class="small" x="{_NAMES + number * _COLUMN}" y="62">{name}</text>'
            for number, name in enumerate([*_COLUMNS.values(), "KB a socket"])
        ),
    ]
    for number, server in enumerate(servers):
        parts += _row(server, _TOP + number * _ROW)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(server: Mapping[str, Any], top: int) -> list[str]:
    name = str(server["name"])
    ours = " ours" if name.startswith("Backchannel") else ""
    base = top + 12
    parts = [f'<text class="{ours.strip() or "name"}" x="12" y="{base}">{escape(name)}</text>']
    for number, burst in enumerate(_COLUMNS):
        value, left = float(server["micros"][burst]), _NAMES + number * _COLUMN
        long = round(_length(value), 1)
        parts.append(f'<rect class="bar{ours}" x="{left}" y="{top}" width="{long}" height="{_BAR}"/>')
        parts.append(f'<text class="small" x="{left + long + 4}" y="{base}">{rounded(value)}</text>')
    parts.append(
        f'<text class="small" x="{_NAMES + 3 * _COLUMN}" y="{base}">{float(server["kb"]):.1f}</text>'
    )
    return parts


def _length(value: float) -> float:
    whole = _COLUMN - _GAP - _LABEL
    share = math.log(max(value, _LEAST) / _LEAST) / math.log(_MOST / _LEAST)
    return max(1.0, whole * min(share, 1.0))
