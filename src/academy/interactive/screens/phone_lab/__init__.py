"""Phone lab."""

from academy.interactive.screens.phone_lab.view import show

__all__ = ["show"]
