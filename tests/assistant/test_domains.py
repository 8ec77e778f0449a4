"""What raw signing refuses, octet by octet at the edges: nothing that means more elsewhere, and nothing more than that."""

from __future__ import annotations

import pytest

from hebca_helper.assistant.key.domains import require_raw
from hebca_helper.assistant.person.kinds import Kind, kind_of
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import Mechanism

NUMBER = b"\x02\x01\x05"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"x" * 1023 + b"%PDF-1.7", Kind.PDF),
        (b"x" * 1024 + b"%PDF-1.7", Kind.PLAIN),
        (b"PK\x03\x04" + bytes(9), Kind.ZIP),
        (b"PK\x05\x06" + bytes(18), Kind.ZIP),
        (b"PK\x07\x08PK\x03\x04", Kind.ZIP),
        (b"PK, \x00", Kind.PLAIN),
        (b"\x30\x03" + NUMBER, Kind.STRUCTURE),
        (b"\x31\x03" + NUMBER, Kind.STRUCTURE),
        (b"\x31\x03" + NUMBER + b"\x00", Kind.PLAIN),
        (b"0, 1\t2\r\n3~", Kind.PLAIN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 sheet", Kind.OFFICE),
        (b"\x89PNG\r\n\x1a\n", Kind.PICTURE),
        (b"\xff\xd8\xff\xe0", Kind.PICTURE),
        (b"GIF89a", Kind.PICTURE),
        (b"II*\0", Kind.PICTURE),
        (b"MM\0*", Kind.PICTURE),
        (b"<SignedInfo>", Kind.XML_SIGNATURE),
        (b"\xef\xbb\xbf\r\n <ofd:Signature>", Kind.XML_SIGNATURE),
        (b'<?xml version="1.0"?><Signature>', Kind.XML_SIGNATURE),
        (b"<p>signed</p>", Kind.PLAIN),
        (b"about a <Signature>", Kind.PLAIN),
        (b"<p>".ljust(1015) + b"<Signature>", Kind.PLAIN),
        (b"<p>".ljust(1014) + b"<Signature", Kind.XML_SIGNATURE),
    ],
)
def test_what_octets_are(data: bytes, kind: Kind) -> None:
    assert kind_of(data) is kind


@pytest.mark.parametrize("size", [64, 96, 128])
@pytest.mark.parametrize("mechanism", Mechanism)
def test_what_could_be_a_login_token_s_input_is_not_signed_under_sha_2(mechanism: Mechanism, size: int) -> None:
    for octets in (size - 1, size + 1):
        require_raw(mechanism, b"x" * octets, Kind.PLAIN)
    if mechanism not in (Mechanism.RSA_PKCS1_SHA256, Mechanism.ECDSA_SHA256):
        require_raw(mechanism, b"x" * size, Kind.PLAIN)
        return
    with pytest.raises(HelperError) as refused:
        require_raw(mechanism, b"x" * size, Kind.PLAIN)
    assert refused.value.code is Code.LOGIN_LIKE_CONTENT


@pytest.mark.parametrize("mechanism", Mechanism)
@pytest.mark.parametrize("data", [b"\x30\x03" + NUMBER, b"%PDF-1.7", b"PK\x03\x04"])
def test_what_is_part_of_a_document_is_never_signed_raw(mechanism: Mechanism, data: bytes) -> None:
    with pytest.raises(HelperError) as refused:
        require_raw(mechanism, data, kind_of(data))
    assert refused.value.code is Code.DOCUMENT_LIKE_CONTENT
