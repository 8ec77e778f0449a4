"""What the program knows of a token: plain data that crosses the token host's pipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hebca_helper.errors import Code
from hebca_helper.pki.keyinfo import KeyKind


class PinState(StrEnum):
    """State of a PIN as CKF_*PIN_COUNT_LOW, _FINAL_TRY, _LOCKED tell it (PKCS#11 v2.40, section 3.2, CK_TOKEN_INFO)."""

    FINE = "fine"
    FEW_LEFT = "few-left"
    LAST_TRY = "last-try"
    LOCKED = "locked"


class Mechanism(StrEnum):
    """What a private key may be asked for. Signing takes the ready digest; the host builds the DigestInfo."""

    RSA_PKCS1_SHA1 = "rsa-pkcs1-sha1"
    RSA_PKCS1_SHA256 = "rsa-pkcs1-sha256"
    ECDSA_SHA256 = "ecdsa-sha256"
    """DER SEQUENCE(r, s) over a SHA-256 digest."""
    SM2_SM3 = "sm2-sm3"
    """DER SEQUENCE(r, s) over e = SM3(Z ‖ message), which the public key has gone into (GB/T 32918.2)."""


DIGEST_INFO: Mapping[Mechanism, bytes] = {
    Mechanism.RSA_PKCS1_SHA1: bytes.fromhex("3021300906052b0e03021a05000414"),
    Mechanism.RSA_PKCS1_SHA256: bytes.fromhex("3031300d060960864801650304020105000420"),
}
"""DER of DigestInfo up to the digest (RFC 8017, section 9.2, note 1)."""

MECHANISMS: Mapping[tuple[KeyKind, str], Mechanism] = {
    (KeyKind.RSA, "sha256"): Mechanism.RSA_PKCS1_SHA256,
    (KeyKind.RSA, "sha1"): Mechanism.RSA_PKCS1_SHA1,
    (KeyKind.EC, "sha256"): Mechanism.ECDSA_SHA256,
    (KeyKind.SM2, "sm3"): Mechanism.SM2_SM3,
}
"""By the kind of key and the digest's name; what is missing no token of ours can do."""


class Interface(StrEnum):
    """What a library speaks."""

    PKCS11 = "pkcs11"
    SKF = "skf"
    """GM/T 0016."""


class EventKind(StrEnum):
    PLUGGED = "plugged"
    UNPLUGGED = "unplugged"
    CHANGED = "changed"
    """The content or a PIN flag of a token changed."""
    SLOTS = "slots"
    """What cannot be used in the slots came, went or changed; the id is the driver's name alone."""
    LOGIN_ENDED = "login-ended"
    """The host started anew or the token went: every login of that token is gone."""


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token in a slot. `id` is stable while the token keeps its serial: driver name and serial."""

    id: str
    driver: str
    label: str
    serial: str
    model: str
    manufacturer: str
    pin_state: PinState
    tries_left: int | None
    """Wrong PINs left before the token locks, where the driver tells the number."""
    practice: bool
    protected_path: bool
    """The PIN is entered on the USBKEY itself (CKF_PROTECTED_AUTHENTICATION_PATH)."""
    interface: Interface = Interface.PKCS11
    sm2: bool = False
    """SKF: a container on it holds SM2 keys."""


@dataclass(frozen=True, slots=True)
class SlotTrouble:
    """A slot with something in it that cannot be used: TOKEN_BLANK, with what it calls itself, or TOKEN_UNREADABLE, with
    what the library says of it."""

    slot: int
    code: Code
    detail: str


@dataclass(frozen=True, slots=True)
class TokenCertificate:
    """A certificate object of a token; `der` is empty where the token does not give it. `key_id` is its key's CKA_ID, or
    its own. `has_private_key`: its key was seen, or nobody can know before the login."""

    token_id: str
    der: bytes
    key_id: bytes
    label: str
    has_private_key: bool


@dataclass(frozen=True, slots=True)
class DataObject:
    """A CKO_DATA object: `label` is CKA_LABEL, `private` CKA_PRIVATE, `size` bytes of CKA_VALUE."""

    token_id: str
    label: str
    private: bool
    size: int


@dataclass(frozen=True, slots=True)
class TokenEvent:
    kind: EventKind
    token_id: str
