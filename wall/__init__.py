"""Backchannel: a live hashtag wall and parallel-channel facilitation server."""

__version__ = "0.1.0"
