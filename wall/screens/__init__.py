"""Screens and what they show: pairing, the fleet, scenes, controls and pins. One module of commands
per thing, each command a function of a transaction."""
