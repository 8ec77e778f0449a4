"""The practice CA's seals: the picture as a real seal has it, the signature as openssl sees it, each octet guarded."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from asn1crypto import core, pem, x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from PIL import Image

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.practice import seal_drawing
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.extensions import Usage
from hebca_helper.practice.names import COMPANY
from hebca_helper.practice.scenarios import SealPlan
from hebca_helper.practice.seal_drawing import draw_seal
from hebca_helper.practice.seal_maker import practice_seal
from hebca_helper.seals.checking import check_seal, listed
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.seal import Seal, read_seal
from hebca_helper.seals.words import Standing, State, Trust, Verdict
from tests.pki import certificate_maker as maker
from tests.practice.openssl import openssl

PLANS = [SealPlan(), SealPlan(sm2=True, by_digest=True)]
KINDS = ["rsa", "sm2"]


def signing_certificate(ca: PracticeCa, clock: Callable[[], datetime]) -> bytes:
    now = clock()
    return ca.issue(maker.spki(maker.ec_key(1)), COMPANY, Usage.SIGN, now, now.replace(year=now.year + 1))


def made(ca: PracticeCa, clock: Callable[[], datetime], plan: SealPlan) -> tuple[bytes, bytes]:
    """The seal, and the certificate it is for."""
    certificate = signing_certificate(ca, clock)
    return practice_seal(ca, COMPANY, plan, certificate, clock()).seal, certificate


@pytest.mark.parametrize("plan", PLANS, ids=KINDS)
def test_a_seal_holds_together(ca: PracticeCa, clock: Callable[[], datetime], plan: SealPlan) -> None:
    data, certificate = made(ca, clock, plan)
    seal = read_seal(data)
    report = check_seal(seal, Roots(ca.certificates()), clock())
    assert (report.verdict, report.trust, report.period) == (Verdict.VALID, Trust.TRUSTED, Standing.VALID)
    assert (seal.version, seal.seal_type, seal.name) == ("2020", 1, "演练科技有限公司社保专用章")
    assert (len(seal.identifier), seal.identifier[:6]) == (14, "130000")
    assert (seal.picture.width_mm, seal.picture.height_mm) == (40, 40)
    assert (bool(seal.signers.certificates), bool(seal.signers.digests)) == (not plan.by_digest, plan.by_digest)
    assert (listed(seal, certificate), listed(seal, seal.maker_der)) == (True, False)


@pytest.mark.parametrize("plan", PLANS, ids=KINDS)
def test_openssl_sees_the_same_signature(
    ca: PracticeCa, clock: Callable[[], datetime], plan: SealPlan, tmp_path: Path
) -> None:
    """It is handed eSealInfo, key and signature as asn1crypto finds them in the file."""
    data, _ = made(ca, clock, plan)
    outer = core.SequenceOf.load(data, spec=core.Any)
    spki = x509.Certificate.load(outer[1].parse(core.OctetString).native).public_key.dump()
    (tmp_path / "key").write_bytes(pem.armor("PUBLIC KEY", spki))
    (tmp_path / "data").write_bytes(outer[0].dump())
    (tmp_path / "signature").write_bytes(outer[3].parse(core.OctetBitString).native)
    assert openssl_accepts(tmp_path, sm2=plan.sm2)
    (tmp_path / "data").write_bytes(outer[0].dump().replace(b"PRACTICE", b"PRACTISE"))
    assert not openssl_accepts(tmp_path, sm2=plan.sm2)


def openssl_accepts(folder: Path, *, sm2: bool) -> bool:
    options = ["-pkeyopt", "distid:1234567812345678"] if sm2 else []
    names: list[str | Path] = ["-inkey", folder / "key", "-sigfile", folder / "signature", "-in", folder / "data"]
    command = ["pkeyutl", "-verify", "-pubin", "-rawin", "-digest", "sm3" if sm2 else "sha256", *names, *options]
    try:
        openssl(*command)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("plan", PLANS, ids=KINDS)
def test_nothing_tampered_is_called_valid(ca: PracticeCa, clock: Callable[[], datetime], plan: SealPlan) -> None:
    """Each octet but the picture's, of which every hundredth."""
    good, _ = made(ca, clock, plan)
    roots, picture = Roots(ca.certificates()), read_seal(good).picture.data
    start = good.index(picture)
    inside = range(start, start + len(picture), 100)
    outside = [*range(start), *range(start + len(picture), len(good))]
    for place in [*inside, *outside]:
        changed = good[:place] + bytes([good[place] ^ 0x01]) + good[place + 1 :]
        try:
            report = check_seal(read_seal(changed), roots, clock())
        except HelperError as problem:
            assert problem.code in (Code.SEAL_UNREADABLE, Code.TOO_LARGE)
            continue
        assert report.verdict is not Verdict.VALID or report.trust is not Trust.TRUSTED, place


def test_a_damaged_seal_can_be_read_and_is_told(ca: PracticeCa, clock: Callable[[], datetime]) -> None:
    seal = read_seal(made(ca, clock, SealPlan(damaged=True))[0])
    report = check_seal(seal, Roots(ca.certificates()), clock())
    assert (report.signature, report.verdict) == (State.INVALID, Verdict.INVALID)


def test_the_seal_maker_stays_the_same(ca: PracticeCa, clock: Callable[[], datetime]) -> None:
    first, second = (read_seal(made(ca, clock, SealPlan(purpose=purpose))[0]) for purpose in ("公章", "合同专用章"))
    assert first.maker_der == second.maker_der
    assert makers_key(first).startswith(b"-----BEGIN PUBLIC KEY")
    (ca.folder / "seal-maker.key").write_bytes(b"damaged")
    with pytest.raises(HelperError) as raised:
        made(ca, clock, SealPlan())
    assert raised.value.code is Code.FILE_UNREADABLE


def makers_key(seal: Seal) -> bytes:
    key = load_der_public_key(Certificate.parse(seal.maker_der).spki)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_the_picture_is_red_on_nothing_and_fine_enough_for_print() -> None:
    written = draw_seal("演练科技有限公司", "社保专用章", "13000000000001")
    assert len(written) < 48 * 1024, "USBKEYs are small"
    picture = Image.open(io.BytesIO(written))
    assert all(600 <= dots <= 620 for dots in picture.info["dpi"])
    side = picture.width
    assert side == picture.height >= 40 / 25.4 * 600
    clear = picture.convert("RGBA")
    red, ink = clear.convert("RGB"), clear.getchannel("A")
    assert {red.getpixel((x, y)) for x in range(0, side, 7) for y in range(0, side, 7) if strength(ink, x, y)} == {RED}
    assert (strength(ink, 0, 0), strength(ink, side // 2, side // 2)) == (0, 255), (
        "nothing in the corner, a star inside"
    )
    ring = [strength(ink, round(side * (0.5 + 0.485 * x)), round(side * (0.5 + 0.485 * y))) for x, y in AROUND]
    assert min(ring) == 255, "the ring is closed"
    letters = ink.crop((side // 10, side // 10, side * 9 // 10, side // 3))
    assert 0.1 < sum(letters.tobytes()) / 255 / (letters.width * letters.height) < 0.4, "the name is on the arc"


RED = (0xD7, 0x00, 0x0F)
AROUND = [(1, 0), (0, 1), (-1, 0), (0, -1), (0.6, 0.8), (-0.6, 0.8), (0.6, -0.8), (-0.6, -0.8)]


def strength(ink: Image.Image, x: int, y: int) -> int:
    value: object = ink.getpixel((x, y))
    assert isinstance(value, int)
    return value


@pytest.mark.parametrize("name", ["演练", "石家庄演练城市建设投资集团有限责任公司", "一" * 40, ""], ids=len)
def test_names_of_every_length_stay_inside(name: str) -> None:
    ink = Image.open(io.BytesIO(draw_seal(name, "社保专用章", "13000000000001"))).convert("RGBA").getchannel("A")
    assert strength(ink, 0, 0) == strength(ink, ink.width - 1, ink.height - 1) == 0


def test_without_a_font_there_is_still_a_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal_drawing, "_FONTS", ())
    draw_seal.cache_clear()
    assert draw_seal("演练科技有限公司", "社保专用章", "13000000000001").startswith(b"\x89PNG")
    draw_seal.cache_clear()
