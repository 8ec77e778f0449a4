"""Policies that let the portals of the catalogue, and nobody else, reach this computer from a browser."""
