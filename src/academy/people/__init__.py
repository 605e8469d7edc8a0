"""Persons, cohorts, invitations, reset codes."""
