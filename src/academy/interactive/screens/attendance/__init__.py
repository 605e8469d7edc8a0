"""The live register of a session, for its facilitator."""

from academy.interactive.screens.attendance.view import show

__all__ = ["show"]
