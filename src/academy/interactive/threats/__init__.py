"""Threat builder and budget game: what could happen to an invented group, and which measures it can afford."""
