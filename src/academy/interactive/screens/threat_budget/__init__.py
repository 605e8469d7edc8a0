"""Threat builder and budget game."""

from academy.interactive.screens.threat_budget.view import show

__all__ = ["show"]
