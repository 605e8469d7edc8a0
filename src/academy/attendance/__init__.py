"""Live sessions, check-in, the register."""
