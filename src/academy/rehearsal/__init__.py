"""Assessments taken by invented people before real ones take them, to see what the questions do."""
