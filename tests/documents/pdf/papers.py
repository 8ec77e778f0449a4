# mypy: disable-error-code="no-untyped-call"
"""PDFs for tests, made here: Chinese registers, rotated and cropped pages, and what spoils them."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

from fpdf import FPDF
from PIL import Image, ImageDraw

from tests.pki import certificate_maker as maker

FONT = next(Path("/usr/share/fonts").rglob("wqy-microhei.ttc"))
KEYWORD = "单位（盖章）"


@cache
def register(pages: int = 3, *, rotation: int = 0, extra: int = 0) -> bytes:
    """A register in Chinese; the keyword stands on each page, and once broken over two lines on the last.

    `extra`: octets of incompressible picture, for files as large as real ones.
    """
    paper = FPDF(format="A4")
    paper.set_auto_page_break(False)
    paper.add_font("chinese", "", str(FONT))
    for number in range(1, pages + 1):
        paper.add_page()
        paper.set_font("chinese", size=16)
        paper.text(20, 30, f"企业养老保险人员参保登记名册 第{number}页")
        paper.set_font("chinese", size=12)
        for line in range(12):
            paper.text(20, 50 + 10 * line, f"{line + 1}  演练人员{number:02}{line:02}  参保登记  2026-11-21")
        paper.text(120, 220, "单 位 （ 盖 章 ）：")
    if extra:
        noise = Image.frombytes(
            "L", (extra // 100, 100), bytes((i * 7919 >> 3) & 255 for i in range(extra // 100 * 100))
        )
        paper.image(noise, 20, 240, 20, 20)
    made = bytes(paper.output())
    return made if rotation == 0 else turned(made, rotation)


def turned(paper: bytes, rotation: int) -> bytes:
    from pypdfium2 import PdfDocument

    document = PdfDocument(paper)
    for page in document:
        page.set_rotation(rotation)
        page.set_cropbox(20, 30, 560, 800)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def form(
    *names: str, paper: bytes = b"", box: tuple[int, int, int, int] = (330, 180, 480, 280), page: int = 0, **more: Any
) -> bytes:
    """A form with empty signature fields, made by pyHanko. `more`: field_mdp_spec, seed_value_dict, …"""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields

    writer = IncrementalPdfFileWriter(io.BytesIO(paper or register(2)))
    for name in names or ("单位签章",):
        fields.append_signature_field(writer, fields.SigFieldSpec(name, on_page=page, box=box, **more))
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def encrypted(opens_with: str = "user", method: str = "AES_128", permissions: int = 3900) -> bytes:
    """`permissions`: those of fpdf2, all by default."""
    from fpdf.enums import AccessPermission, EncryptionMethod

    paper = FPDF()
    paper.add_page()
    paper.set_font("Helvetica", size=20)
    paper.text(60, 60, "Seal here")
    paper.set_encryption("owner", opens_with, EncryptionMethod[method], AccessPermission(permissions))
    return bytes(paper.output())


def seal_png(side: int = 472) -> bytes:
    image = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    pen = ImageDraw.Draw(image)
    pen.ellipse((4, 4, side - 4, side - 4), outline=(210, 20, 20, 255), width=side // 30)
    pen.rectangle((side * 0.4, side * 0.4, side * 0.6, side * 0.6), fill=(210, 20, 20, 255))
    made = io.BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


def _signed_by_pyhanko(paper: bytes, **options: Any) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    key, certificate = maker.rsa_key(0), maker.hebca().certificate()
    signer = signers.SimpleSigner(
        signing_cert=asn1_certificate(certificate), signing_key=asn1_key(key), cert_registry=registry()
    )
    lock = options.pop("lock", None)
    spec = fields.SigFieldSpec("Earlier", field_mdp_spec=lock)
    meta = signers.PdfSignatureMetadata(field_name="Earlier", **options)
    writer = IncrementalPdfFileWriter(io.BytesIO(paper))
    made = signers.sign_pdf(writer, meta, signer, new_field_spec=spec)
    return made.getvalue()  # type: ignore[no-any-return]


def certified(paper: bytes, allowed: Any) -> bytes:
    return _signed_by_pyhanko(paper, certify=True, docmdp_permissions=allowed)


def locked(paper: bytes, lock: Any = None) -> bytes:
    """Signed in a field that locks all fields, or those that `lock` says."""
    from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec

    return _signed_by_pyhanko(paper, lock=lock or FieldMDPSpec(FieldMDPAction.ALL))


def asn1_certificate(der: bytes) -> Any:
    from asn1crypto import x509

    return x509.Certificate.load(der)


def asn1_key(key: Any) -> Any:
    from asn1crypto import keys
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def registry() -> Any:
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    return SimpleCertificateStore()


def drawn_over(stamped: bytes) -> bytes:
    """As an attacker does it: an update behind the signature that draws something else on the page."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(stamped))
    page = writer.find_page_for_modification(0)[0]
    page.get_object()["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 200 200 re f"))
    writer.mark_update(page)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def left_to_readers(paper: bytes) -> bytes:
    """A form that has readers draw its values (NeedAppearances), by an update of its own."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(paper))
    writer.root["/AcroForm"][generic.pdf_name("/NeedAppearances")] = generic.BooleanObject(True)
    writer.update_container(writer.root["/AcroForm"])
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
