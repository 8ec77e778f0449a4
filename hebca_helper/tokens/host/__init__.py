"""The child's end: one process that loads one PKCS#11 module, and may crash, hang or be ended with it.

`main` hardens the process before anything else, `host` takes calls from `pipe` one after the other; `logins` compares
and counts PINs, `keys`, `objects` and `pins` are the calls, `failures` the words for CKR_… values. The only room that
imports `pkcs11`; it imports no asyncio, no settings and nothing of the parent but the messages and the model.
"""
