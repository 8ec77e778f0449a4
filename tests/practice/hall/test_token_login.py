"""The second login: a token of the new API, bound to the hall's origin. Tokens are made here from the description of
the format (Web eID 1.0), without the program's own code."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from hebca_helper.pki.certificates import Certificate
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.hall.refusals import Reason
from hebca_helper.practice.hall.server import Hall
from hebca_helper.relying_party.results import ResultCode
from tests.practice.hall.held import HeldCertificate, MovingClock
from tests.practice.hall.people import ZHANG, Answer, Person, accepted, refused

pytestmark = pytest.mark.anyio


def token(held: HeldCertificate, origin: str, nonce: str) -> dict[str, Any]:
    data = hashlib.sha256(origin.encode()).digest() + hashlib.sha256(nonce.encode()).digest()
    assert isinstance(held.key, rsa.RSAPrivateKey)
    return {
        "format": "web-eid:1.0",
        "unverifiedCertificate": base64.b64encode(held.der).decode(),
        "algorithm": "RS256",
        "signature": base64.b64encode(held.key.sign(data, padding.PKCS1v15(), hashes.SHA256())).decode(),
        "appVersion": "https://example.org/app/1.0",
    }


async def challenge(person: Person) -> str:
    return str(accepted(await person.visitor.post("/api/challenge"))["challenge"])


async def log_in(person: Person, nonce: str, made: Any) -> Answer:
    return await person.visitor.post("/api/ca/token", challenge=nonce, token=made)


async def test_a_token_for_this_hall_logs_in_once(hall: Hall, company: HeldCertificate) -> None:
    person = await Person(hall, ZHANG).settle(company)
    nonce = await challenge(person)
    right = token(company, hall.origin, nonce)
    assert accepted(await log_in(person, nonce, right))["step"] == "code"
    assert not (await person.whoami())["logged_in"], "the code from the telephone comes first"
    refused(await log_in(person, nonce, right), Reason.CHALLENGE_WRONG)
    accepted(await person.confirm())
    who = await person.whoami()
    assert who["person"] == ZHANG.person
    assert who["certificate"]["unique_id"] == Certificate.parse(company.der).unique_id


async def test_other_tokens_do_not(
    hall: Hall, company: HeldCertificate, other_company: HeldCertificate, ca: PracticeCa, moving: MovingClock
) -> None:
    person = await Person(hall, ZHANG).settle(company)

    async def refusal(reason: Reason = Reason.CERTIFICATE_REFUSED, *, origin: str = "", **changes: Any) -> Answer:
        nonce = await challenge(person)
        return refused(await log_in(person, nonce, token(company, origin or hall.origin, nonce) | changes), reason)

    for origin in ("https://phishing.example", f"{hall.origin}/", hall.origin.replace("localhost", "127.0.0.1")):
        assert (await refusal(origin=origin))["result"] == ResultCode.SIGNATURE_WRONG
    holder = base64.b64encode(other_company.der).decode()
    assert (await refusal(unverifiedCertificate=holder))["result"] == ResultCode.SIGNATURE_WRONG
    assert (await refusal(signature="AAAA"))["result"] == ResultCode.SIGNATURE_WRONG
    assert (await refusal(algorithm="none"))["result"] == ResultCode.NOT_SUPPORTED
    assert (await refusal(format="web-eid:2.0"))["result"] == ResultCode.MESSAGE_UNREADABLE
    nonce = await challenge(person)
    refused(await log_in(person, nonce, "token"), Reason.BAD_REQUEST)

    elsewhere = Person(hall, ZHANG)  # a challenge belongs to one browser session, and ends
    refused(await log_in(elsewhere, nonce, token(company, hall.origin, nonce)), Reason.CHALLENGE_WRONG)
    moving.advance(minutes=6)
    refused(await log_in(person, nonce, token(company, hall.origin, nonce)), Reason.CHALLENGE_WRONG)
    nonce = await challenge(person)
    unbound = await log_in(person, nonce, token(other_company, hall.origin, nonce))
    refused(unbound, Reason.CERTIFICATE_NOT_BOUND)
    ca.revoke(Certificate.parse(company.der).serial_number)
    assert (await refusal())["result"] == ResultCode.REVOKED
    assert not (await person.whoami())["logged_in"]
