"""Tests of the academy. Their names are sentences, their docstrings the promises."""
