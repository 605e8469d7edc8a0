"""Photo lab."""

from academy.interactive.screens.photo_lab.view import show

__all__ = ["show"]
