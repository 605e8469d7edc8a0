"""Warm, confined kernels (none yet)."""
