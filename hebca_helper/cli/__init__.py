"""The command line: the same operations as the window's, for a terminal and for scripts.

`parser` is the grammar; each command names its function in `commands`, which imports what that command needs. `main`
turns failures into one line and an exit status (`terminal`), `program` is what a command needs of the composition root,
`prompts` are the assistant's questions at a terminal. Never imports `desktop`.
"""
