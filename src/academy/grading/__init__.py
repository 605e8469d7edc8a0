"""The nbgrader bridge, scoring, feedback."""
