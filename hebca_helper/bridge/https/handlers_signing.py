"""Logging in and signing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hebca_helper import __version__
from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.assistant.key.bundles import LONGEST_NAME, MOST_ITEMS, Item
from hebca_helper.assistant.key.web_eid import LONGEST_NONCE, SHORTEST_NONCE, web_eid_fields
from hebca_helper.bridge.https.call import Call
from hebca_helper.bridge.https.handlers_certificates import ONE_FIELD
from hebca_helper.bridge.https.shapes import (
    FINGERPRINT,
    Base64,
    Choice,
    Field,
    Flag,
    Listed,
    Object,
    ShapeError,
    Text,
    b64,
)
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import MECHANISMS, Mechanism

_PKCS1, _CMS = "pkcs1", "cms"
CHALLENGE = Object(
    (
        Field(
            "nonce",
            Text(SHORTEST_NONCE, LONGEST_NONCE, "^[A-Za-z0-9+/_-]{42,127}={0,2}$"),
            "The server's challenge: at least 256 random bits, base64.",
        ),
        ONE_FIELD,
    )
)
TOKEN = Object(
    (
        Field("format", Choice(("web-eid:1.0",)), "Format of the Web eID authentication token."),
        Field("unverifiedCertificate", Base64(), "The person's certificate, DER. To be verified by the server."),
        Field("algorithm", Choice(("RS256", "ES256")), "RFC 7518, section 3.1."),
        Field("signature", Base64(), "Over SHA-256(origin) ‖ SHA-256(nonce). ES256: r ‖ s."),
        Field("appVersion", Text(), "Name and version of this program, a URI."),
    ),
    title="LoginToken",
)
_ITEM = Object(
    (
        Field("name", Text(longest=LONGEST_NAME), "Shown to the person.", required=False, default=""),
        Field("data", Base64(), "What is signed.", required=False),
        Field(
            "digest", Text(pattern=FINGERPRINT), "SHA-256, hex, of content the site keeps. CMS only.", required=False
        ),
    ),
    exactly_one=("data", "digest"),
)
ITEMS = Object(
    (
        Field("items", Listed(_ITEM, 1, MOST_ITEMS), "The person consents to all of them at once, or to none."),
        Field(
            "form",
            Choice((_PKCS1, _CMS)),
            "`pkcs1`: a bare signature (RSA: PKCS#1 v1.5; EC: DER). `cms`: CMS SignedData with signed attributes.",
            required=False,
            default=_PKCS1,
        ),
        Field("hash", Choice(("sha256", "sha1")), "Of bare signatures of RSA keys.", required=False, default="sha256"),
        Field("detached", Flag(), "CMS without the content inside.", required=False, default=False),
        ONE_FIELD,
    )
)
SIGNATURES = Object(
    (
        Field("certificate", Base64(), "The signer's, DER."),
        Field(
            "signatures",
            Listed(
                Object((Field("name", Text(), "As in the request."), Field("signature", Base64(), "As `form` says.")))
            ),
            "In the order of the items.",
        ),
    ),
    title="Signatures",
)


async def login(call: Call, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """A login token in the public Web eID format, bound to the calling page's own origin, which the person is shown.

    Check it with `hebca_helper.relying_party` or any Web eID server library. Those libraries want the certificate to
    carry the extended key usage clientAuth and its issuer to be among their trusted ones, and most want OCSP.
    """
    entry = await call.entry(Usage.SIGN, arguments["certificate"])
    token = await call.assistant.web_eid.authenticate(call.connection, entry, arguments["nonce"])
    return web_eid_fields(token, __version__)


async def sign(call: Call, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Signatures for one or several items. What is shown to the person is what is signed.

    Within a session's login, once the person agreed to one signature, a single unnamed item of readable text of at most
    4 KiB in the form `pkcs1` repeats without a dialog, a limited number of times. In that form, content that could pass
    for a login token's input is refused (`login-like-content`), and so is what is signed inside of a CMS message, a
    certificate or a seal, a PDF and a ZIP (`document-like-content`): ask for `cms`, or for `seal`.
    """
    entry = await call.entry(Usage.SIGN, arguments["certificate"])
    items = [_item(each) for each in arguments["items"]]
    if arguments["form"] == _CMS:
        made = await call.assistant.bundles.sign_cms(call.connection, entry, items, detached=arguments["detached"])
    else:
        made = await _sign_raw(call, entry, items, _mechanism(entry, arguments["hash"]))
    return {
        "certificate": b64(entry.certificate.der),
        "signatures": [
            {"name": item.name, "signature": b64(signature)} for item, signature in zip(items, made, strict=True)
        ],
    }


async def _sign_raw(call: Call, entry: CertificateEntry, items: Sequence[Item], mechanism: Mechanism) -> list[bytes]:
    for index, item in enumerate(items):
        if item.data is None:
            raise ShapeError('only with "form": "cms"', ("items", str(index), "digest"))
    first = items[0]
    if len(items) == 1 and not first.name and first.data is not None:
        return [await call.assistant.sign(call.connection, entry, first.data, wanted=mechanism)]
    return await call.assistant.bundles.sign_raw(call.connection, entry, items, mechanism)


def _item(given: Mapping[str, Any]) -> Item:
    digest = given["digest"]
    return Item(given["name"], given["data"], b"" if digest is None else bytes.fromhex(digest))


def _mechanism(entry: CertificateEntry, hash_name: str) -> Mechanism:
    mechanism = MECHANISMS.get((entry.certificate.key_kind, hash_name))
    if mechanism is None:
        raise HelperError(Code.NOT_SUPPORTED)
    return mechanism
