"""The same checks as a small HTTP service, for portals that are not written in Python."""
