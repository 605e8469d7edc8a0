"""Meeting reports of other platforms (none yet)."""
