"""Time stamps (RFC 3161): asking for one, and reading the token that comes back. Bytes in, bytes out."""

from __future__ import annotations

import hmac
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import tsp

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms.algorithms import DigestAlgorithm, digest_identifier, digest_of_identifier
from hebca_helper.pki.cms.verification import open_signed

TST_INFO = "1.2.840.113549.1.9.16.1.4"
"""RFC 3161, 2.4.2."""
TIME_STAMPING = bytes.fromhex("06082b06010505070308")
"""id-kp-timeStamping (RFC 3161, 2.3) as it stands in an extended key usage."""
_EXTENDED_KEY_USAGE = "2.5.29.37"
_INDEFINITE = b"\x80"
"""A length that only the end tells (X.690, 8.1.3.6)."""
LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it stands, each point apart; None where that could not be found out.

    `moment` aware UTC. `about`: whether it is about the octets at hand. `sound`: its own signature. `certificate`: of the
    service, whose extended key usage says whether it may stamp times (`meant`, RFC 3161, 2.3; None without one).
    """

    moment: datetime
    about: bool | None
    sound: bool | None
    certificate: Certificate | None
    meant: bool | None
    nonce: int | None


def examine(token: bytes, stamped: Sequence[bytes], digests: Sequence[bytes] = ()) -> Token | None:
    """What a token (RFC 3161, or the same under the names of GB/T 35275) says; None where it cannot be read.

    `stamped`: octets it may be about, any of them; `digests`: ready digests of such.
    """
    try:
        file = open_signed(io.BytesIO(_inner(token)))
        content = b"".join(file.body.octets()) if file.body is not None else b""
        info = tsp.TSTInfo.load(content, strict=True)
        moment = info["gen_time"].native.astimezone(UTC)
        about = _about(info, stamped, digests)
        nonce = info["nonce"].native  # None where there is none
        report = file.check([content])[0]
        if file.content_type != TST_INFO:
            return None
    except (HelperError, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
        return None
    certificate, wrong = report.certificate, report.problem
    usage = certificate.extensions.get(_EXTENDED_KEY_USAGE) if certificate else None
    return Token(
        moment=moment,
        about=about,
        sound=True if wrong is None else False if wrong.code is Code.SIGNATURE_WRONG else None,
        certificate=certificate,
        meant=None if usage is None else TIME_STAMPING in usage.value,
        nonce=nonce,
    )


def _inner(token: bytes) -> bytes:
    """The token of a whole answer (TimeStampResp), which some keep; a token as it is. ValueError."""
    if token[1:2] == _INDEFINITE:
        return token
    outer = der.read(token)
    parts = list(der.children(outer.content)) if outer.tag == der.SEQUENCE else []
    if len(parts) == 2 and parts[0].tag == parts[1].tag == der.SEQUENCE:
        return outer.content[parts[1].start : parts[1].end]
    return token[: outer.end]


def _about(info: tsp.TSTInfo, stamped: Sequence[bytes], digests: Sequence[bytes]) -> bool | None:
    imprint = info["message_imprint"]
    try:
        digest = digest_of_identifier(imprint["hash_algorithm"].dump())
    except HelperError:
        return None
    candidates = [*(digest.of(each) for each in stamped), *digests]
    return any(hmac.compare_digest(imprint["hashed_message"].native, each) for each in candidates)


def request(digest: bytes, nonce: int) -> bytes:
    """TimeStampReq (RFC 3161, 2.4.1), DER, for a SHA-256 digest; the service is to put its certificate in."""
    imprint = {"hash_algorithm": digest_identifier(DigestAlgorithm.SHA256), "hashed_message": digest}
    made = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True})
    return bytes(made.dump())


def token_in(response: bytes, stamped: bytes, nonce: int) -> bytes:
    """The token (DER) of a TimeStampResp (RFC 3161, 2.4.2) about these octets. HelperError(TIME_STAMP_FAILED)."""
    try:
        answer = tsp.TimeStampResp.load(response, strict=True)
        status = answer["status"]["status"].native
        token = bytes(answer["time_stamp_token"].dump()) if status in ("granted", "granted_with_mods") else b""
    except (ValueError, TypeError, KeyError):
        raise HelperError(Code.TIME_STAMP_FAILED) from None
    found = examine(token, [stamped]) if token else None
    if found is None or not (found.about and found.sound and found.meant) or found.nonce != nonce:
        raise HelperError(Code.TIME_STAMP_FAILED)
    return token
