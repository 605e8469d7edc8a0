"""The silent log: what a list of calls tells without a word of content, and which habits change it."""
