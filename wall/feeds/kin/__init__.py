"""Mastodon and its kin (Glitch, Pleroma, Akkoma, GoToSocial): how one instance is read.

`config` what an organiser gives · `rest` one request · `problems` what went wrong and when to try
again · `timeline` paging through a hashtag · `streaming` the websocket · `recheck` whether posts are
still there · `memory` and `cursor` what is known of them. What other networks need too is in `common`.
"""
