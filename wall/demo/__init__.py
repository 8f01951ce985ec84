"""The demo: a made-up summit, the robots that run it, and the page that shows all of it at once.

Everything in it was written for it. No person, account or institution in it exists.
"""

from wall.demo.cast import SLUG
from wall.demo.clock import USUAL_SPEED
from wall.demo.demo import mount_demo

__all__ = ["SLUG", "USUAL_SPEED", "mount_demo"]
