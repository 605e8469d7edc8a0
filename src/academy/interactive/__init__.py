"""The Voilà side: configuration, API client, widgets, screens."""
