"""What the program does for a person. Every channel comes through here; each operation reads like its story.

*Assistant* is the one object that channels talk to; its groups of operations live in rooms, from the ground up: `asker`,
`sites`, `certificates`, `person`, `journal`, `login`, `key`, `files`, `stamping`. It talks to people through *Prompts* only.
Imports tokens, documents, portals, issuer and below; never the bridge, Qt or a web library.
"""
