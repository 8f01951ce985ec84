"""Measurements that the docs quote: each module is one command, `python -m bench.NAME`."""
