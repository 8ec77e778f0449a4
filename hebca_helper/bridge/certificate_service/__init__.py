"""The certificate service for old pages, `ws://localhost:17212/test`: its 54 functions.

`functions` is the table (name, parameters, risk, standing), `handlers_…` are the functions by what they are about;
`python -m tests.bridge.protocol_page` writes `resources/protocol.md` from it. How frames come and go is the business of
`websocket`; a handler sees one call's arguments and the page's session, and asks the assistant for everything else.
"""
