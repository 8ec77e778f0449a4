"""Signed OFD documents for tests, as wrong as a test wants them. Nothing of the reader under test is used but SM3."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping

from hebca_helper.pki.sm3 import sm3
from tests.seals import seal_maker as make
from tests.seals.seal_maker import SealPlan

CONTENT = {
    "OFD.xml": b'<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody>'
    b"<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>"
    b"</ofd:DocBody></ofd:OFD>",
    "Doc_0/Document.xml": b"<Document><Pages/></Document>",
    "Doc_0/Pages/Page_0/Content.xml": "<Page>参保登记表</Page>".encode(),
}
FOLDER = "Doc_0/Signs/Sign_0"


def listing(*numbers: int, kind: str = "Seal") -> bytes:
    entries = "".join(
        f'<ofd:Signature ID="s{each}" Type="{kind}" BaseLoc="/Doc_0/Signs/Sign_{each}/Signature.xml"/>'
        for each in numbers
    )
    return f'<ofd:Signatures xmlns:ofd="http://www.ofdspec.org/2016">{entries}</ofd:Signatures>'.encode()


def description(
    covered: Mapping[str, bytes],
    *,
    method: str = "SM3",
    stamps: str = '<StampAnnot ID="1" PageRef="1" Boundary="1 2 40 40"/>',
    value: str = f"/{FOLDER}/SignedValue.dat",
    seal: str = f"<Seal><BaseLoc>/{FOLDER}/Seal.esl</BaseLoc></Seal>",
) -> bytes:
    references = "".join(
        f'<Reference FileRef="{path}"><CheckValue>{base64.b64encode(sm3(content)).decode()}</CheckValue></Reference>'
        for path, content in covered.items()
    )
    provider = '<Provider ProviderName="test" Version="1" Company="test"/>'
    info = f'{provider}{stamps}{seal}<References CheckMethod="{method}">{references}</References>'
    return f"<Signature><SignedInfo>{info}</SignedInfo><SignedValue>{value}</SignedValue></Signature>".encode()


def signed(content: Mapping[str, bytes] = CONTENT, described: bytes | None = None) -> dict[str, bytes]:
    """The files of a document with one seal signature over all of `content`."""
    described = described or description({f"/{path}": each for path, each in content.items()})
    sealed = make.seal(SealPlan())
    return {
        **content,
        "Doc_0/Signs/Signatures.xml": listing(0),
        f"{FOLDER}/Signature.xml": described,
        f"{FOLDER}/Seal.esl": sealed,
        f"{FOLDER}/SignedValue.dat": make.signature(sm3(described), sealed=sealed),
    }


def package(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return target.getvalue()
