"""Bluesky and the AT protocol: how a Bluesky feed is read.

`config` what an organiser gives · `events` what Jetstream says, on both of its wires · `jetstream` the
stream · `facets` and `posts` a record as a post · `xrpc` one request · `session` with an app password ·
`people` authors and quoted posts from the AppView · `flow` the order in which all of it comes out ·
`search` what came while nothing streamed · `recheck` what is still there · `replying` replies ·
`problems` what went wrong and when to try again · `memory` what is known of posts.
"""
