"""Feeds: where posts come from. `base` is the contract; every other module here is one network."""
