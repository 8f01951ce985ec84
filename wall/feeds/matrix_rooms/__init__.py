"""The parts of the `matrix` network (spec.matrix.org, client-server API).

`config` what an organiser gives · `api` one request to the homeserver · `problems` what goes wrong ·
`events` an event as a post, pure · `memory` messages with their edits, and the cursor · `rooms` which rooms
are read, and how they are · `history` pages of a room · `backlog` what waits of them · `flow` events in,
items out · `run` one stream · `recheck` asks again.
"""
