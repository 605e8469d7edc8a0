"""The academy: courses, grading, attendance and a community of practice."""
