"""The silent log: what twelve lines without content tell."""

from academy.interactive.screens.silent_log.view import show

__all__ = ["show"]
