"""帮助: answers, what a code means, and what this program is.

`content` reads the help that the program ships, `page` searches it, `entries` shows an answer with its buttons; `about` tells
version, licences and where files lie, for a help desk. Texts of failures are those of `hebca_helper.errors`.
"""
