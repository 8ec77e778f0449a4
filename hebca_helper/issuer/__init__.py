"""Client of the CA's online services: unlock a USBKEY, apply, install, revocation lists, time stamps.

`protocol` is what is asked, `answers` what may come back, `client` the conversation; `addresses` are the only hosts that
are ever called. The only room that imports `requests`, and only in `transport`. Never sees a person's PIN.
"""
