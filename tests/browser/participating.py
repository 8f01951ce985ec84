"""Screens on which people take part."""

PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1440, "height": 900}
