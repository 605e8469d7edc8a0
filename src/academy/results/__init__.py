"""Indicators and their export."""
