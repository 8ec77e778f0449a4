"""The seal service (WebPDF) for old pages: `ws://localhost:17213/test` (resources/protocol.md, section 6)."""
