"""The parts of the X feed: a filtered stream with a search under it, rechecks, and a meter of what they
cost.

`config` what an organiser gives · `prices` what X bills · `meter` what was spent · `ids` and `place` how
far it was read · `asking` what is asked for · `api` one request · `problems` what can go wrong · `standing`
how a way is doing · `rules` `stream` `search` `recheck` the ways to posts · `pace` when to recheck · `flow`
where all of it comes out.
"""
