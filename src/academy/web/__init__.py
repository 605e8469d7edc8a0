"""The academy service: the only part that knows Tornado."""
