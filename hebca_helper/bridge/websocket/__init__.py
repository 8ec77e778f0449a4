"""How an old page's WebSocket is spoken, for the certificate and the seal service alike.

From outside to inside: `doorway` (who may come in), `transport` (a peer that does not answer), `conversation` (one reply
for each frame, in order), `frames`, `dispatcher` (frame to function to reply), `parameters`. A `session` is what one page
has selected; a `Dialect` of the `dispatcher` is what tells one service from the other. Only that one knows functions.
"""
