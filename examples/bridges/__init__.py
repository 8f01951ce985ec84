"""Bridges from chats into a Backchannel event: docs/how-to/bridge-a-chat.md says how to run them."""
