"""What a function could do in the wrong hands (protocol reference, section 7), and how far we are with it."""

from __future__ import annotations

from enum import StrEnum


class Risk(StrEnum):
    """The class of a row of the function table; the design's origin table says who may."""

    HARMLESS = "harmless"
    IDENTIFY = "identify"
    """Tells who the person is."""
    LOGIN = "login"
    """Asks the person for the PIN, or ends a login."""
    PAGE_PIN = "page-pin"
    """A PIN from the page: guesses PINs, locks the token."""
    SIGN = "sign"
    SILENT_SIGN = "silent-sign"
    DECRYPT = "decrypt"
    CRYPTO = "crypto"
    """Public-key operations and digests: no private key, nothing identifying."""
    TOKEN_READ = "token-read"
    TOKEN_CHANGE = "token-change"
    ONLINE = "online"
    FILES = "files"
    REGISTRY = "registry"
    SYSTEM = "system"
    """Programs, processes, the operating system's stores."""


class Standing(StrEnum):
    """WORKS has a handler; REFUSED never gets one; NOT_YET is answered "not supported"."""

    WORKS = "works"
    REFUSED = "refused"
    NOT_YET = "not-yet"
