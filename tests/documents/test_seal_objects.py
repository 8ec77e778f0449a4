"""What objects of USBKEYs hold: seals in every wrapping, pictures of every kind, and anything at all."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hebca_helper.documents.client import examine_objects
from hebca_helper.documents.pictures import LARGEST_SIDE, normal_picture
from hebca_helper.documents.report import Picture, TokenObject
from hebca_helper.documents.seal_objects import examine
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.sm3 import sm3
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.seal import read_seal
from tests.pki import certificate_maker as maker
from tests.seals import seal_maker as make
from tests.seals.seal_maker import NOW, SealPlan

ROOTS = Roots([Certificate.parse(make.authority().der)])
RED, WHITE = (215, 0, 15), (255, 255, 255)


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> bytes:
    """A red disc on white, or on nothing where the kind has that."""
    drawn = Image.new("RGBA", size, (0, 0, 0, 0) if mode == "RGBA" else WHITE)
    for x in range(20, 40):
        for y in range(10, 30):
            drawn.putpixel((x, y), (*RED, 255))
    written = io.BytesIO()
    drawn.convert(mode).save(written, kind, **({"quality": 95} if kind == "JPEG" else {}))
    return written.getvalue()


def examined(*objects: bytes, certificates: tuple[bytes, ...] = ()) -> list[TokenObject]:
    return examine(objects, certificates, ROOTS, NOW)


def seal(data: bytes | None = None, kind: str = "PNG", **plan: Any) -> bytes:
    return make.seal(SealPlan(picture=(kind, data or picture("PNG", "RGBA"), 40, 30), **plan))


def test_a_seal_in_each_wrapping() -> None:
    good = seal()
    text = base64.b64encode(good)
    length = len(good)
    wrapped = [
        good,
        b"\1" + good,
        length.to_bytes(2, "big") + good,
        length.to_bytes(4, "little") + good,
        good + b"\xff" * 100,
        text,
        base64.encodebytes(good) + b"\0\0",
        text + b"@@@@" + base64.b64encode(b"anything"),
        base64.b64encode(b"name") + b"||" + text,
    ]
    for row in examined(*wrapped):
        assert row.report and row.report.seal
        assert (row.kind, row.report.verdict, row.report.trust) == ("seal", "valid", "trusted")
        assert row.data == good
        assert row.report.seal.picture == Picture("PNG", 40, 30)


def test_whose_seal_it_is() -> None:
    key, authority = maker.spki(maker.sm2_key(4)), make.authority()
    newer = authority.certificate(public_key=key, serial=44, start=make.MADE)
    stranger = authority.certificate(maker.hebca_name("别的公司"), maker.spki(maker.sm2_key(7)), serial=45)
    known = {name: Certificate.parse(each).fingerprint for name, each in (("newer", newer), ("stranger", stranger))}
    own = Certificate.parse(make.signer().der).fingerprint
    (row,) = examined(seal(), certificates=(make.signer().der, newer, stranger, b"no certificate"))
    assert row.listed == {own: "yes", known["newer"]: "renewed", known["stranger"]: "no"}
    entry = maker.sequence(core.PrintableString("SM3").dump(), make.octets(sm3(newer)))
    (row,) = examined(seal(list_type=2, certificates=maker.sequence(entry)), certificates=(newer, stranger))
    assert row.listed == {known["newer"]: "yes", known["stranger"]: "no"}
    (row,) = examined(seal(year=2014, certificates=make.ia5("x")), certificates=(newer,))
    assert row.listed == {known["newer"]: "unknown"}


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGBA"), ("PNG", "RGB"), ("GIF", "P"), ("BMP", "RGB"), ("JPEG", "RGB"), ("JPEG", "L")],
)
def test_pictures_of_every_kind_become_ink_on_nothing(kind: str, mode: str) -> None:
    data = picture(kind, mode)
    for row in examined(data, base64.b64encode(data), seal(data, kind)):
        shown = Image.open(io.BytesIO(row.png), formats=["PNG"])
        assert (shown.mode, shown.size) == ("RGBA", (60, 40))
        assert shown.getpixel((0, 0)) == (*WHITE, 0) or shown.getchannel("A").getpixel((0, 0)) == 0
        on_paper = Image.new("RGBA", shown.size, WHITE)
        on_paper.alpha_composite(shown)
        wanted, found = (RED if mode != "L" else (66, 66, 66)), on_paper.getpixel((30, 20))
        assert isinstance(found, tuple)
        assert all(abs(a - b) <= 12 for a, b in zip(wanted, found, strict=False)), "on white it looks as before"


def test_a_plain_svg_is_drawn_and_a_richer_one_is_not() -> None:
    plain = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" fill="#d7000f"/></svg>'
    named = (
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">' + plain
    )
    assert normal_picture(named).pixels == normal_picture(plain).pixels
    shown = Image.open(io.BytesIO(normal_picture(plain).png))
    assert (shown.size, shown.getpixel((480, 240))) == ((960, 480), (*RED, 255))
    reaching = (
        plain.replace(b"<rect", b"<text>A</text><rect"),
        plain.replace(b"#d7000f", b"url(http://example.com/a)"),
        plain.replace(b"<rect", b'<image href="file:///etc/passwd"/><rect'),
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + plain,
    )
    for each in reaching:
        (row,) = examined(seal(each, "SVG"))
        assert row.report and (row.kind, row.png, row.report.verdict) == ("seal", b"", "valid"), "a seal all the same"


def test_an_ofd_seal_keeps_its_place() -> None:
    (row,) = examined(make.seal(SealPlan(picture=("ofd", b"PK\3\4", 30, 20))))
    assert row.picture_problem and (row.png, row.picture_problem.code) == (b"", Code.NOT_SUPPORTED)
    assert row.report and row.report.seal and row.report.seal.picture == Picture("ofd", 30, 20)


def test_pictures_that_are_too_large_or_broken() -> None:
    huge = Image.new("1", (6000, 6000))
    written = io.BytesIO()
    huge.save(written, "PNG")
    for data, code in (
        (written.getvalue(), Code.TOO_LARGE),
        (picture("PNG")[:-30], Code.SEAL_UNREADABLE),
        (b"GIF89a", Code.SEAL_UNREADABLE),
    ):
        with pytest.raises(HelperError) as raised:
            normal_picture(data)
        assert raised.value.code is code
    wide = normal_picture(picture("PNG", size=(4000, 50)))
    assert (Image.open(io.BytesIO(wide.png)).width, wide.pixels) == (LARGEST_SIDE, (4000, 50))


def test_what_should_be_a_seal_and_cannot_be_read() -> None:
    good = seal()
    damaged, cut, other, empty = examined(good.replace(b"\x16\x02ES", b"\x16\x02EX"), good[:-9], b"hbgssh", b"")
    assert damaged.problem and (damaged.kind, damaged.problem.code) == ("damaged", Code.SEAL_UNREADABLE)
    assert [each.kind for each in (cut, other, empty)] == ["other", "other", "other"]


def test_the_host_answers_for_several_at_once() -> None:
    rows = examine_objects([seal(), b"text"], [make.signer().der], [make.authority().der], [], NOW)
    assert [row.kind for row in rows] == ["seal", "other"]
    assert list(rows[0].listed.values()) == ["yes"]


SOUND = [seal(), picture("GIF", "P"), picture("JPEG"), picture("BMP"), base64.b64encode(seal()), picture("PNG", "RGBA")]


@given(st.sampled_from(SOUND), st.data())
def test_any_object(good: bytes, data: st.DataObject) -> None:
    """Cut, lengthened or changed anywhere: a row, nothing raised."""
    octets = bytearray(good)
    for _ in range(data.draw(st.integers(0, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(octets)))
    (row,) = examined(bytes(octets[:cut]) if data.draw(st.booleans()) else bytes(octets))
    assert row.kind in ("seal", "damaged", "picture", "other")
    if row.report and (row.report.verdict, row.report.trust) == ("valid", "trusted"):
        assert read_seal(row.data).signed == read_seal(SOUND[0]).signed
