"""Mail inspector."""

from academy.interactive.screens.mail_inspector.view import show

__all__ = ["show"]
