"""Who-sees-what board: websites through three routes, calls and chats."""

from academy.interactive.screens.who_sees_what.view import show

__all__ = ["show"]
