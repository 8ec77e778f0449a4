"""Which certificates there are, and which one the person takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.assistant.certificates.row import certificate_row
from hebca_helper.bridge.https.call import Call
from hebca_helper.bridge.https.shapes import FINGERPRINT, Base64, Choice, Field, Flag, Listed, Number, Object, Text, b64

_USAGE = Choice(tuple(Usage))
ONE_FIELD = Field(
    "certificate",
    Text(pattern=FINGERPRINT),
    "Fingerprint of the certificate to use; without it the only one, or the person's choice.",
    required=False,
)
ONE = Object((ONE_FIELD,))
USAGE = Object((Field("usage", _USAGE, "What it is for.", required=False, default=Usage.SIGN),))
WANTED = Object(
    (
        Field("usage", _USAGE, "Only those for this use.", required=False),
        Field("replaced", Flag(), "Also those that a newer one replaces.", required=False, default=False),
    )
)
CERTIFICATE = Object(
    (
        Field("certificate", Base64(), "DER."),
        Field("fingerprint", Text(pattern=FINGERPRINT), "SHA-256 of the DER, hex: the name of the certificate here."),
        Field("holder", Text(), "Whom it names, for people."),
        Field("subject", Text(), "Distinguished name."),
        Field("issuer", Text(), "Common name of the issuer."),
        Field("unique_id", Text(), "The holder's identifier as the CA writes it."),
        Field("credit_code", Text(), "Unified social credit code (GB 32100-2015), or empty."),
        Field("serial", Text(), "Serial number, hex."),
        Field("serial_decimal", Text(), "Serial number, decimal."),
        Field("not_before", Text(), "ISO 8601, UTC."),
        Field("not_after", Text(), "ISO 8601, UTC."),
        Field("validity", Text(), "`valid`, `expired` or `not-yet-valid` by this computer's clock."),
        Field("days_left", Number(), "Days until it ends, negative after that."),
        Field("usage", Listed(_USAGE), "What it is for."),
        Field("key", Text(), "Kind and size, such as `RSA-2048`."),
        Field("replaced", Flag(), "A newer one has the same key and use."),
        Field("practice", Flag(), "Of a practice USBKEY: worth nothing outside practice."),
    ),
    title="Certificate",
)
LIST = Object((Field("certificates", Listed(CERTIFICATE), "In a stable order."),), title="Certificates")
CHOSEN = Object((Field("certificate", CERTIFICATE, "The one to name in further calls."),), title="Chosen")


async def certificates(call: Call, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """All certificates on the plugged-in USBKEYs. The first call of a site asks the person whether it may connect."""
    usage = None if arguments["usage"] is None else Usage(arguments["usage"])
    entries = await call.assistant.entries(call.connection, usage, all_of_them=arguments["replaced"])
    return {"certificates": [fields_of(entry) for entry in entries]}


async def choose(call: Call, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """One certificate: the only one, or the one that the person picks in the program's own dialog."""
    entry = await call.assistant.choose(call.connection, Usage(arguments["usage"]))
    return {"certificate": fields_of(entry)}


def fields_of(entry: CertificateEntry) -> dict[str, Any]:
    """Without what only the person's own computer needs to know."""
    row = certificate_row(entry)
    del row["token"]
    return {"certificate": b64(entry.certificate.der), **row}
