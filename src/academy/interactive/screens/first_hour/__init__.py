"""The first hour after an incident."""

from academy.interactive.screens.first_hour.view import show

__all__ = ["show"]
