"""The demo: a made-up summit, the robots that run it, and the page that shows all of it at once.

Everything in it was written for it. No person, account or institution in it exists.
"""

from wall.demo.clock import USUAL_SPEED

__all__ = ["SLUG", "USUAL_SPEED"]

SLUG = "demo"
