"""Nostr, as its documents (github.com/nostr-protocol/nips) have it: servers called relays, signed events.

Pure: `config` settings · `events` signed events and their tags · `posts` events as posts · `memory` what
was told, and the cursor · `problems`. Not pure: `connection` one websocket · `server` one server, over all
reconnections · `asking` all of them at once · `people` who is who · `flow` the order in which everything
comes out · `recheck`.

In this package a Nostr relay is called a server: a relay is something else in Backchannel.
"""
