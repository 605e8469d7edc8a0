"""Spaces, directory, calendar, grants (none yet)."""
