"""Envelopes: sealing content for recipients, and opening what was sealed for the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hebca_helper.bridge.certificate_service.handlers_cms import enveloped
from hebca_helper.bridge.https.call import Call
from hebca_helper.bridge.https.shapes import Base64, Choice, Field, Listed, Object, b64
from hebca_helper.bridge.websocket.parameters import MOST_CERTIFICATES

CIPHERS = ("aes-256-cbc", "des-ede3-cbc")
MESSAGE = Object((Field("message", Base64(1), "CMS EnvelopedData (RFC 5652), DER."),), title="Message")
DATA = Object((Field("data", Base64(), "The content."),), title="Data")
FOR_RECIPIENTS = Object(
    (
        Field("data", Base64(), "The content."),
        Field("recipients", Listed(Base64(1), 1, MOST_CERTIFICATES), "Their encryption certificates, DER. RSA keys."),
        Field("cipher", Choice(CIPHERS), "Cipher of the content.", required=False, default=CIPHERS[0]),
    )
)


async def envelope(call: Call, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """An envelope that only the recipients can open. Uses no key of the person's."""
    await call.assistant.admit(call.connection)
    sealed = await enveloped(arguments["data"], arguments["recipients"], arguments["cipher"])
    return {"message": b64(sealed)}


async def open_envelope(call: Call, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The content of an envelope for one of the person's certificates. The person is asked each time; whatever is
    wrong with the message, the failure is `decryption-failed`."""
    opened = await call.assistant.decryption.open_envelope(call.connection, arguments["message"])
    return {"data": b64(opened)}
