"""Times of seal signatures: what the signer claims, written as a time, as text or as a time stamp token (RFC 3161), and
what a token of a time stamp service proves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hebca_helper.pki import der
from hebca_helper.pki import time_stamps as tokens
from hebca_helper.seals import reading
from hebca_helper.seals.findings import CertificateFinding, Roots, judge_certificate
from hebca_helper.seals.reading import Piece
from hebca_helper.seals.words import Standing, State, Trust

_NOT_IN_FORCE = (Standing.EXPIRED, Standing.NOT_YET_VALID, Standing.REVOKED)


@dataclass(frozen=True, slots=True)
class TimeStampFinding:
    """`state` UNKNOWN: the token cannot be read, not be checked, or is of a service that was not in force. `moment`: what it
    says, aware UTC.

    `service`: certificate of the service at that moment, None when it is not at hand.
    """

    state: State
    moment: datetime | None = None
    service: CertificateFinding | None = None

    only_claims: bool = False
    """All is right but that the service was not in force: the signer is not to blame for that, and what the token stands
    beside is judged as if it were not there."""

    @property
    def against(self) -> State:
        """What it means for what it stands beside."""
        return State.VALID if self.only_claims else self.state

    @property
    def proves_time(self) -> bool:
        """Whether the moment is more than a claim: the token holds, and its service is a trusted one."""
        trusted = self.service is not None and self.service.trust is Trust.TRUSTED
        return self.state is State.VALID and trusted


def claimed_moment(found: Piece) -> datetime | None:
    """Aware UTC; None when it says nothing that can be read. ValueError for an element that holds no time at all."""
    if found.tag in (der.UTC_TIME, der.GENERALIZED_TIME):
        return reading.moment(found)
    if found.tag in reading.TEXT_TAGS:
        return reading.written_moment(reading.text(found))
    held = _held(found)
    try:
        inner = reading.piece(held)
        if inner.tag in (der.UTC_TIME, der.GENERALIZED_TIME):
            return reading.moment(inner)
        if inner.tag == der.SEQUENCE:
            token = tokens.examine(held, ())
            return token.moment if token else _token_moment(inner)
        return reading.written_moment(reading.text(inner))
    except (ValueError, IndexError):
        return reading.written_moment(held[:64].decode("ascii", "replace"))


def token_in(found: Piece) -> bytes | None:
    """The token that stands for a time, None where it is written out."""
    if found.tag not in (der.BIT_STRING, der.OCTET_STRING, der.SEQUENCE):
        return None
    held = _held(found)
    return held if held[:1] == bytes([der.SEQUENCE]) else None


def judge_time_stamp(
    token: bytes, stamped: Sequence[bytes], roots: Roots, *, digests: Sequence[bytes] = (), else_open: bool = False
) -> TimeStampFinding:
    """`stamped`: octets that it may be about, any of them; `digests`: ready digests of such. `else_open`: about something
    else it may be, too; then it proves nothing.
    """
    found = tokens.examine(_unwrapped(token), stamped, digests)
    if found is None:
        return TimeStampFinding(State.UNKNOWN)
    if else_open and found.about is False:
        found = replace(found, about=None)
    service = None
    if found.certificate is not None:
        service = judge_certificate(found.certificate.der, roots, found.moment, found.moment)
    state = _state(found, service)
    late = state is State.VALID and service is not None and service.standing in _NOT_IN_FORCE
    service = service and replace(service, signs=True)
    return TimeStampFinding(State.UNKNOWN if late else state, found.moment, service, late)


def _state(found: tokens.Token, service: CertificateFinding | None) -> State:
    points = (found.sound, found.about, found.meant)
    if False in points or (service is not None and service.forged):
        return State.INVALID
    return State.UNKNOWN if None in points else State.VALID


def _unwrapped(token: bytes) -> bytes:
    """What [0] holds: the token in a BIT STRING as the standards have it, in an OCTET STRING, or as it is."""
    try:
        found = reading.piece(token)
        return _held(found) if found.tag != der.SEQUENCE else token
    except (ValueError, IndexError):
        return token


def _held(found: Piece) -> bytes:
    if found.tag == der.SEQUENCE:
        return found.whole
    reading.require(found, der.BIT_STRING, der.OCTET_STRING)
    return found.content[1:] if found.tag == der.BIT_STRING else found.content


def _token_moment(token: Piece) -> datetime:
    """genTime of TSTInfo (RFC 3161, 2.4.2) in SignedData (RFC 5652, 5.1), whatever the rest is. ValueError, IndexError."""
    _, explicit = reading.pieces(token)
    signed_data = reading.pieces(reading.piece(explicit.content))
    _, content = reading.pieces(signed_data[2])
    info = reading.piece(reading.octets(reading.piece(content.content)))
    return reading.moment(reading.pieces(info)[4])
