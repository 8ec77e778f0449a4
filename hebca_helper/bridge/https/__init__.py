"""The HTTPS service: JSON calls and an events socket for pages of today, on https://localhost:17443.

`table` has one row for each call, `shapes` say what goes in and out, `handlers_…` do them;
`python -m tests.bridge.https.openapi` writes `resources/openapi.json` from both.
A page's `session` is its connection: `sessions` binds it to the origin, `events` tells it what happens. `doorway` and
`application` let in, limit and refuse. Handlers ask the assistant, as those of the WebSocket services do.
"""
