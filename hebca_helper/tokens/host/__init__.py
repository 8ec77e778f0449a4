"""The child's end: one process that loads one PKCS#11 or SKF (`skf`) library, and may crash, hang or be ended with it.

`main` hardens the process before anything else, `host` takes calls from `pipe` one after the other; `logins` compares
and counts PINs, `roster` knows which token is in which slot, `keys`, `objects` and `pins` are the calls, `cryptoki` is
PKCS#11 itself and `ckr` the words for its answers. It imports no asyncio, no settings and nothing of the parent but the
messages and the model.
"""
