"""The seal service (WebPDF) for old pages: `ws://localhost:17213/test` (protocol reference, section 6)."""
