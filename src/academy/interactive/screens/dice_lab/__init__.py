"""Dice lab: roll words, watch guessing, let second factors meet attacks."""

from academy.interactive.screens.dice_lab.view import show

__all__ = ["show"]
