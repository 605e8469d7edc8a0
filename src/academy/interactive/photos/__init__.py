"""What a photo file remembers: its hidden data, a clean copy, and what the picture itself still tells."""
