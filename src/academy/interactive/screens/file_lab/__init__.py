"""File lab."""

from academy.interactive.screens.file_lab.view import show

__all__ = ["show"]
