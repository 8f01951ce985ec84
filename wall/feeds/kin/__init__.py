"""Mastodon and its kin (Glitch, Pleroma, Akkoma, GoToSocial): how one instance is read.

`config` what an organiser gives · `rest` one request · `problems` what went wrong and when to try
again · `software` where the kin differ · `timeline` paging through a hashtag · `streaming` the websockets ·
`signals` what these tell each other, `hearing` which languages a stream leaves out · `owner` what the owner
of a token leaves out · `recheck` whether posts are still there · `memory`, `cursor` and `ids` what is known
of them. What other networks need too is in `common`.
"""
