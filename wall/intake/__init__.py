"""Intake: the only door for posts, and the feeds that bring them."""

from wall.intake.commits import Progress
from wall.intake.door import Given, Graves, Tally, admit
from wall.intake.intake import Intake
from wall.intake.supervisor import Supervisor, run_feed

__all__ = ["Given", "Graves", "Intake", "Progress", "Supervisor", "Tally", "admit", "run_feed"]
