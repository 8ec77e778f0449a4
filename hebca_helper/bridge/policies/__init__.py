"""Policies that let the portals of the catalogue, and nobody else, reach this computer from a browser.

`policies` installs, removes and tells the state for every browser; `chromium`, `firefox` and `registry` (Windows) are
where each one reads them, `wording` what they say. `record` is what we changed, so that removing takes back just that.
"""
