"""Quick links: the portals that a clerk works with, and the browsers they open in.

`catalogue` is what comes with the program (`resources/portals.toml`), `own_links` what a person changed, `entries` what
an entry may hold; `browsers` finds and starts them, `preflight` says what is missing before a link can work. Only the
catalogue as shipped makes a site known. Knows no token: facts come from outside.
"""
