"""Whether somebody still sits at this computer, as the operating system tells it.

A `SessionWatch` says `away` when the screen is locked, the computer sleeps or another user takes over (`linux`, `windows`,
`macos`; `delay` holds the sleep until logins have ended). `keeping` is the keyring of this session.
Nothing else of `desktop` may be imported.
"""
