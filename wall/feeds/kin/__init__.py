"""Mastodon and its kin (Glitch, Pleroma, Akkoma, GoToSocial): how one instance is read.

`config` what an organiser gives · `addresses` where it may connect · `rest` one request · `problems`
what went wrong and when to try again · `timeline` paging through a hashtag · `streaming` the
websocket · `recheck` whether posts are still there · `memory` and `cursor` what is known of them.
"""
