"""Stamps PDFs with a key of its own, so that the document's part can be tested without a USBKEY."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from hebca_helper.documents.pdf.pictures import seal_picture
from hebca_helper.documents.pdf.placement import Placement
from hebca_helper.documents.pdf.plan import Plan, SubFilter
from hebca_helper.documents.pdf.preparing import prepare
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import signing
from tests.documents.pdf import papers
from tests.pki import certificate_maker as maker

NOW = maker.NOW


class Stamper:
    """An RSA key with its certificate; the CA's certificate goes along."""

    def __init__(self) -> None:
        self._key = maker.rsa_key(0)
        self.authority = maker.hebca()
        self.certificate = Certificate.parse(self.authority.certificate())

    def stamp(self, document: bytes, placement: Placement, *, pkcs7: bool = False, seal: bytes = b"") -> bytes:
        sub_filter = SubFilter.PKCS7 if pkcs7 else SubFilter.PADES
        plan = Plan(placement, 40, 40, NOW, "演练科技有限公司", sub_filter, seal=seal)
        made = prepare(document, seal_picture(papers.seal_png()), plan)
        return self.fill(document, made.update, made.hole, pkcs7=pkcs7)

    def fill(self, document: bytes, update: bytes, hole: tuple[int, int], *, pkcs7: bool = False) -> bytes:
        whole = bytearray(document + update)
        start, end = hole
        message = self.message(bytes(whole[:start] + whole[end:]), NOW if pkcs7 else None).hex().encode()
        whole[start + 1 : start + 1 + len(message)] = message
        return bytes(whole)

    def message(self, content: bytes, moment: datetime | None = None) -> bytes:
        """CMS over what a signature covers."""
        digest = hashlib.sha256(content).digest()
        attributes = signing.prepare(digest, self.certificate, signing.DigestAlgorithm.SHA256, moment)
        signature = self._key.sign(attributes.to_sign, padding.PKCS1v15(), hashes.SHA256())
        return signing.signed_data(None, attributes, self.certificate, signature)


def pdfsig(path: Path) -> str:
    """What poppler says, without its judgement of the certificate."""
    done = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, timeout=30, check=False)
    return done.stdout
