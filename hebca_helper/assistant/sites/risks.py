"""What a call could do in the wrong hands (resources/protocol.md, section 7). The policy reads this and nothing else."""

from __future__ import annotations

from enum import StrEnum


class Risk(StrEnum):
    """The class of a row of a channel's function table; the origin table of house rule 1 says who may."""

    HARMLESS = "harmless"
    IDENTIFY = "identify"
    """Tells who the person is."""
    LOGIN = "login"
    """Asks the person for the PIN, or ends a login."""
    PAGE_PIN = "page-pin"
    """A PIN from the page: guesses PINs, locks the token."""
    SIGN = "sign"
    SILENT_SIGN = "silent-sign"
    BLIND_SIGN = "blind-sign"
    """Signs a digest that the page computed."""
    DECRYPT = "decrypt"
    CRYPTO = "crypto"
    """Public-key operations and digests: no private key, nothing identifying."""
    TOKEN_READ = "token-read"
    TOKEN_DATA = "token-data"
    """Writes or deletes a named object; what its name is decides who may."""
    TOKEN_CHANGE = "token-change"
    """Changes keys and certificates."""
    ONLINE = "online"
    FILES = "files"
    REGISTRY = "registry"
    SYSTEM = "system"
    """Programs, processes, the operating system's stores: never."""
