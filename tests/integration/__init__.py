"""The academy as a whole: real Hub, real services, real browser."""
