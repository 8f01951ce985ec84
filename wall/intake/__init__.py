"""Intake: the only door for posts, and the feeds that bring them."""

from wall.intake.commits import Progress
from wall.intake.door import Given, Graves, Tally, admit
from wall.intake.health import Standing
from wall.intake.intake import Intake
from wall.intake.supervisor import Supervisor, run_feed, tell_standing

__all__ = [
    "Given",
    "Graves",
    "Intake",
    "Progress",
    "Standing",
    "Supervisor",
    "Tally",
    "admit",
    "run_feed",
    "tell_standing",
]
