"""Hostile and broken submissions, and the test that has them all marked."""
