"""What a text document or a printed page remembers: authors, changes, remarks, and words under a black bar."""
