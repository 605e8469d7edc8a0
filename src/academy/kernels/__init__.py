"""Kernels that are forked from a warm process instead of started, and confined where they run code of strangers."""
