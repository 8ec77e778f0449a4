"""The same checks as a small HTTP service, for portals that are not written in Python.

`application` has the calls, `lists` reads revocation lists again when they change, `server` listens on loopback. The
one part of this room that imports a web framework.
"""
