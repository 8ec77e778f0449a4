"""USBKEYs: which there are, what is on them, and what is done with them, by one child process for each vendor library.

`service` queues the calls for each token, `process` and `line` are the parent's end of the pipe to a `host`, `messages`
what goes over it, `module` one library's life; `catalogue` reads the drivers, `discovery` finds them with what
`skf_libraries` knows of SKF, `pairing` shows a USBKEY behind two interfaces as one, `model` is what the
program knows of a token. Vendor code runs in the host only; in here a key is an id and a PIN passes through unseen.
"""
