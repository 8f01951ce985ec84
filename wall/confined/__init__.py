"""Processes that do what hostile bytes make dangerous or endless, and may be killed for it.

`process` starts and asks them, in the server · `limits` is what such a process takes from itself.
"""
