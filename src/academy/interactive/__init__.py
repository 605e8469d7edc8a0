"""The Voilà side: pages that must be interactive. It knows the academy only through its JSON API."""
