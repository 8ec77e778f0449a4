"""OFD documents as other programs make them: names in GBK, signatures over signatures, values in odd places, protection of
the whole package; and what is made of them when a file changes."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest

from hebca_helper.pki.sm3 import sm3
from tests.documents import foreign_cms as cms
from tests.documents import foreign_seals as make
from tests.documents import ofd_maker
from tests.documents.foreign_cms import GM, MD5, SHA1, SHA256, SM3, Writer
from tests.documents.foreign_seals import SIGNER, holder
from tests.documents.test_foreign_files import judged, summary

HEAD, PAGE = "OFD.xml", "Doc_0/Pages/第一页/Content.xml"
FILES = {
    HEAD: ofd_maker.CONTENT[HEAD],
    "Doc_0/Document.xml": "<Document><Pages><Page BaseLoc='Pages/第一页/Content.xml'/></Pages></Document>".encode(),
    PAGE: "<Page>参保登记表</Page>".encode(),
}
LIST = "Doc_0/Signs/Signatures.xml"


def described(files: dict[str, bytes], number: int, *, method: str = "1.2.156.10197.1.401", further: str = "") -> bytes:
    """A Signature.xml over all the files, with another prefix, order and spelling than ours."""
    digest = {"SHA1": SHA1, "sha-256": SHA256, "MD5": MD5}.get(method, SM3)
    references = "".join(
        f'<x:Reference FileRef="/{path}">\n<x:CheckValue>\n{base64.b64encode(cms.digest(digest, each)).decode()}\n</x:CheckValue></x:Reference>'
        for path, each in files.items()
    )
    value = f"<x:SignedValue>/Doc_0/Signs/Sign_{number}/SignedValue.dat</x:SignedValue>"
    info = f'{further}<x:References CheckMethod="{method}">{references}</x:References>'
    return f'<?xml version="1.0"?><x:Signature xmlns:x="http://www.ofdspec.org/2016"><x:SignedInfo>{info}</x:SignedInfo>{value}</x:Signature>'.encode()


def signed_by(files: dict[str, bytes], number: int, value: Callable[[bytes], bytes], **how: str) -> dict[str, bytes]:
    """The files with one more signature over them."""
    folder = f"Doc_0/Signs/Sign_{number}"
    own = described({name: each for name, each in files.items() if name != LIST}, number, **how)
    entries = "".join(f'<Signature ID="{each}" BaseLoc="Sign_{each}/Signature.xml"/>' for each in range(number + 1))
    listing = f"<Signatures><MaxSignId>{number}</MaxSignId>{entries}</Signatures>".encode()
    return {**files, f"{folder}/Signature.xml": own, f"{folder}/SignedValue.dat": value(sm3(own)), LIST: listing}


def sealed(digest: bytes) -> bytes:
    return make.signature(digest, 2014)


@lru_cache
def signed_once() -> dict[str, bytes]:
    return signed_by(FILES, 0, sealed)


def ofd(files: dict[str, bytes], names: str = "") -> bytes:
    """`names`: encoding of file names without the flag for UTF-8, as Chinese programs write them; "" with it."""
    if names:
        return _renamed(files, names)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


class _Unflagged(zipfile.ZipInfo):
    """A member whose name stands there without telling its encoding."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("cp437"), 0


def _renamed(files: dict[str, bytes], encoding: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(_Unflagged(name.encode(encoding).decode("cp437")), content)
    return target.getvalue()


@pytest.mark.parametrize("names", ["", "gbk", "utf-8"])
def test_ofd_names_in_the_zip(names: str) -> None:
    row = judged(ofd(signed_once(), names))
    assert summary(row) == ("ofd", "valid", "trusted", "ses", "unchanged", "valid", "valid")
    changed = judged(ofd({**signed_once(), PAGE: b"<Page/>"}, names))
    assert (changed["verdict"], changed["signatures"][0]["details"]["altered"]) == ("invalid", [f"/{PAGE}"])
    added = {**signed_once(), "Doc_0/Pages/第一页/Annot.xml": b"<Annot/>", "Doc_0/Tags/Annot.xml": b"Annot.xml"}
    assert judged(ofd(added, names))["verdict"] == "indeterminate"


@pytest.mark.parametrize(
    ("method", "verdict"),
    [
        ("SM3", "valid"),
        ("sm3", "valid"),
        ("SHA1", "valid"),
        ("sha-256", "valid"),
        ("1.2.156.10197.1.501", "valid"),
        ("MD5", "indeterminate"),
    ],
)
def test_ofd_check_methods(method: str, verdict: str) -> None:
    files = signed_by(FILES, 0, sealed, method=method)
    assert judged(ofd(files))["verdict"] == verdict
    assert judged(ofd({**files, PAGE: b"<Page/>"}))["verdict"] not in ("valid", "unidentified")


def message(digest: bytes) -> bytes:
    return cms.signed(digest, Writer(holder("sm2", SIGNER), attributes=False, at=None), arc=GM)


WITH_TIME = "<x:SignatureDateTime>20260203040506Z</x:SignatureDateTime>"


def test_an_ofd_with_many_signatures_over_each_other() -> None:
    files = signed_by(
        signed_by(signed_once(), 1, message, further=WITH_TIME), 2, lambda digest: make.signature(digest, 2020, "rsa")
    )
    row = judged(ofd(files))
    assert row["verdict"] == "valid"
    assert [each["format"] for each in row["signatures"]] == ["ses", "cms-sm2", "ses"]
    assert [each["name"] for each in row["signatures"]] == ["0", "1", "2"]
    early = judged(ofd({**files, "Doc_0/Signs/Sign_1/SignedValue.dat": message(b"?")}))
    assert [each["verdict"] for each in early["signatures"]] == ["valid", "invalid", "invalid"]
    raw_value = judged(ofd({**files, "Doc_0/Signs/Sign_2/SignedValue.dat": make.sign("sm2", SIGNER, b"")}))
    assert raw_value["verdict"] == "indeterminate" and raw_value["signatures"][2]["format"] == "raw"


def test_who_signs_the_list_forbids_later_signatures() -> None:
    listing = signed_once()[LIST]
    own = described({**FILES, LIST: listing}, 0)
    first = {
        **signed_once(),
        "Doc_0/Signs/Sign_0/Signature.xml": own,
        "Doc_0/Signs/Sign_0/SignedValue.dat": sealed(sm3(own)),
    }
    assert judged(ofd(first))["verdict"] == "valid"
    row = judged(ofd(signed_by(first, 1, sealed)))
    assert [each["verdict"] for each in row["signatures"]] == ["invalid", "valid"]
    assert [each["details"]["list_altered"] for each in row["signatures"]] == [True, False]


def test_ofd_values_where_others_put_them() -> None:
    value = signed_once()["Doc_0/Signs/Sign_0/SignedValue.dat"]
    for name, held in (
        ("SignValue.dat", value),
        ("SIGNEDVALUE.DAT", value),
        ("SignedValue.dat", base64.b64encode(value)),
    ):
        files = {path: each for path, each in signed_once().items() if not path.endswith("SignedValue.dat")}
        assert judged(ofd({**files, f"Doc_0/Signs/Sign_0/{name}": held}))["verdict"] == "valid"
    missing = {path: each for path, each in signed_once().items() if not path.endswith("SignedValue.dat")}
    row = judged(ofd(missing))
    assert (row["verdict"], row["signatures"][0]["problem"]["code"]) == ("indeterminate", "document-unreadable")
    other = {**signed_once(), "Doc_0/Signs/Sign_0/Seal.esl": make.seal(2020)}
    assert judged(ofd(other))["verdict"] == "invalid", "what lies there is shown for the seal"


def test_ofd_paths_that_start_at_some_folder_above() -> None:
    files = signed_once()
    head = FILES[HEAD].replace(b"/Doc_0/Signs/", b"Signs/")
    listing = files[LIST].replace(b'BaseLoc="Sign_0', b'BaseLoc="Signs/Sign_0')
    row = judged(ofd({**files, LIST: listing}))
    assert (row["verdict"], row["signatures"][0]["document"]) == ("valid", "unchanged")
    assert judged(ofd(signed_by({**FILES, HEAD: head}, 0, sealed)))["verdict"] == "valid"
    gone = judged(ofd({name: each for name, each in files.items() if name != LIST}))
    assert (gone["verdict"], gone["problem"]["detail"]) == ("unreadable", "缺少签名列表")


def test_two_documents_in_one_package() -> None:
    body = "<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    head = FILES[HEAD].decode().replace("</ofd:OFD>", body).encode()
    two = signed_by({**FILES, HEAD: head}, 0, sealed)
    with_second = {**two, "Doc_1/Document.xml": b"<Document/>"}
    row = judged(ofd(with_second))
    assert (row["verdict"], row["details"]["unsigned_bodies"]) == ("indeterminate", 1)
    assert row["signatures"][0]["verdict"] == "valid"


def entries(
    files: dict[str, bytes], value: Callable[[bytes], bytes], entry: str = "<f:File><f:FileLoc>/{}</f:FileLoc></f:File>"
) -> dict[str, bytes]:
    """With protection of the whole package (GM/T 0099-2020)."""
    named = "".join(map(entry.format, files))
    listed = f'<f:DocEntries xmlns:f="urn:f" ID="1"><f:SignedValueLoc>/signedvalue.dat</f:SignedValueLoc><f:FileList>{named}</f:FileList></f:DocEntries>'.encode()
    return {**files, "OFDEntries.xml": listed, "signedvalue.dat": value(sm3(listed))}


def test_a_package_protected_as_a_whole() -> None:
    good = entries(signed_once(), message)
    assert (judged(ofd(good))["verdict"], judged(ofd(good))["details"]["package"]["verdict"]) == ("valid", "valid")
    row = judged(ofd({**good, "hidden.bin": b""}))
    assert (row["verdict"], row["details"]["package"]["extra"]) == ("invalid", ["hidden.bin"])
    assert judged(ofd({**good, "signedvalue.dat": message(b"?")}))["verdict"] == "invalid"
    assert judged(ofd({**good, "signedvalue.dat": b"?"}))["verdict"] == "indeterminate"
    assert judged(ofd(entries(FILES, message)))["verdict"] == "unreadable", (
        "OFD.xml names signatures that are not there"
    )
    plain = {**FILES, HEAD: FILES[HEAD].replace(b"<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>", b"")}
    assert judged(ofd(entries(plain, message)))["verdict"] == "unsigned", "who made the pages nobody signed"


@pytest.mark.parametrize("entry", ['<f:File FileLoc="/{}"/>', '<f:File ID="1" f:FileLoc="{}"></f:File>'])
def test_a_package_whose_list_is_one_of_attributes(entry: str) -> None:
    good = entries(signed_once(), message, entry)
    assert (judged(ofd(good))["verdict"], judged(ofd(good))["details"]["package"]["verdict"]) == ("valid", "valid")
    assert judged(ofd({**good, "hidden.bin": b""}))["details"]["package"]["extra"] == ["hidden.bin"]


@pytest.mark.parametrize(
    "form", [bytes.hex, lambda digest: digest.hex().upper(), lambda digest: base64.b64encode(digest).decode()]
)
@pytest.mark.parametrize("digest", [sm3, lambda data: hashlib.sha256(data).digest()])
def test_a_digest_that_is_signed_as_text(form: Callable[[bytes], str], digest: Callable[[bytes], bytes]) -> None:
    files = ofd_maker.signed()
    described = files[f"{ofd_maker.FOLDER}/Signature.xml"]

    def valued(octets: bytes) -> dict[str, Any]:
        value = message(form(digest(octets)).encode())
        return judged(ofd({**files, f"{ofd_maker.FOLDER}/SignedValue.dat": value}))

    assert valued(described)["signatures"][0]["document"] == "unchanged"
    assert valued(described + b" ")["signatures"][0]["document"] == "changed"


def test_no_file_hides_from_the_zips_directory() -> None:
    """Readers that go through a file from its beginning would take it for the page."""
    good, other = ofd(signed_once()), ofd({PAGE: b"<Page>another</Page>"})
    hidden = other[: other.index(b"PK\1\2")]
    assert judged(hidden + good)["problem"]["detail"] == "文档中藏有目录之外的文件"
    assert judged(good)["verdict"] == "valid"
    assert judged(b"PK00" + bytes(20) + good)["verdict"] == "valid", "what unpacks itself has a program first"


def test_an_encrypted_ofd_is_told_as_such() -> None:
    row = judged(ofd({**FILES, "Encryptions.xml": b"<Encryptions/>"}))
    assert (row["kind"], row["verdict"], row["problem"]["code"]) == ("ofd", "unreadable", "document-encrypted")
    locked = bytearray(ofd(FILES))
    for start in (place for place in range(len(locked)) if bytes(locked[place : place + 4]) in (b"PK\1\2", b"PK\3\4")):
        locked[start + (8 if locked[start + 2] == 1 else 6)] |= 1
    assert judged(bytes(locked))["problem"]["code"] == "document-encrypted"
