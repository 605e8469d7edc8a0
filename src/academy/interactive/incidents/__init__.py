"""The first hour after an incident: what an invented group can do, where to begin, and what a log shows."""
