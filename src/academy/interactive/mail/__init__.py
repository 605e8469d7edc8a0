"""Mail inspector: six messages to an invented group, read layer by layer, and four web addresses taken apart."""
