"""A phone that several people use: what could be arranged, what it protects, and what could follow."""
