"""An assessment, with its drafts saved while one works."""

from academy.interactive.screens.assessment.view import show

__all__ = ["show"]
