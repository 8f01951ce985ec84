"""The parts of the `youtube` network (developers.google.com/youtube/v3/live).

`config` what an organiser gives · `api` one request · `problems` what goes wrong · `quota` units a day and
how often they let us look, pure · `messages` a chat message as a post, pure · `run` one stream.
"""
