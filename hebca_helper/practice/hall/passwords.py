"""Passwords of hall accounts: the rule the registration page states, and salted scrypt hashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets

SHORTEST, LONGEST = 8, 64
KINDS_WANTED = 3
_COST = {"n": 2**14, "r": 8, "p": 1}
"""About 16 MiB and 40 ms (RFC 7914, section 2)."""


def keeps_rule(password: str) -> bool:
    """At least 8 characters with three of: upper case, lower case, digits, others (manual 1, figure 2)."""
    kinds = {_kind(character) for character in password}
    return SHORTEST <= len(password) <= LONGEST and len(kinds) >= KINDS_WANTED


def _kind(character: str) -> str:
    tests = (str.isupper, str.islower, str.isdigit)
    return next((test.__name__ for test in tests if test(character)), "other")


def digest(password: str) -> str:
    """Salted hash as hex `salt$hash`."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_scrypt(password, salt).hex()}"


def matches(password: str, stored: str) -> bool:
    """Constant-time comparison with a stored hash."""
    salt, _, expected = stored.partition("$")
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)).hex(), expected)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password[:LONGEST].encode(), salt=salt, **_COST)
