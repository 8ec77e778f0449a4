"""A second origin while a login is live: it gains nothing from it and cannot end it (hebca_helper/README.md, "Logins")."""

from __future__ import annotations

import json

from hebca_helper.bridge.certificate_service.functions import FUNCTIONS, Standing
from hebca_helper.tokens.practice_state import TRIES
from tests.security.conftest import OTHER, PORTAL, STRANGER, Guarded
from tests.security.samples import DENIED, base64_of
from tests.security.wire import Wire


def name(page: Wire) -> str:
    return json.dumps({"cn": page.ask('1|GetSubjectItem|{"index":0}')["content"]})


def test_a_login_belongs_to_its_page(own: Guarded) -> None:
    with Wire(own.port, PORTAL) as owner, Wire(own.port, OTHER) as other, Wire(own.port, PORTAL) as sibling:
        for page in (owner, other, sibling):
            page.ask("1|SelectSignCert")
        common_name = name(owner)
        assert owner.ask("1|UILogin")["ret"] == 0
        assert owner.ask(f"1|IsCertLogined|{common_name}")["result"] == 1
        for page in (other, sibling):  # another tab of the same site too
            assert page.ask(f"1|IsCertLogined|{common_name}")["result"] == 0
            assert_no_silent_signature(page)
            assert page.ask("1|Logout")["ret"] == 0
        assert owner.ask(f"1|IsCertLogined|{common_name}")["result"] == 1
        assert owner.ask('1|SignText|{"signText":"still mine"}')["ret"] == 0
    assert own.tries_left() == TRIES


def test_a_page_that_goes_takes_its_login_with_it(own: Guarded) -> None:
    with Wire(own.port, PORTAL) as owner:
        owner.ask("1|SelectSignCert")
        common_name = name(owner)
        assert owner.ask("1|UILogin")["ret"] == 0
    with Wire(own.port, PORTAL) as again:
        again.ask("1|SelectSignCert")
        assert again.ask(f"1|IsCertLogined|{common_name}")["result"] == 0
        assert_no_silent_signature(again)


def test_a_stranger_gains_nothing_from_a_live_login(own: Guarded) -> None:
    with Wire(own.port, PORTAL) as owner, Wire(own.port, STRANGER) as stranger:
        owner.ask("1|SelectSignCert")
        assert owner.ask("1|UILogin")["ret"] == 0
        for call in ("1|SelectSignCert", '1|SignText|{"signText":"x"}', "1|Logout", "1|ReloadDevice", "1|GetCertB64"):
            assert stranger.ask(call)["ret"] == DENIED
        assert owner.ask('1|SignText|{"signText":"x"}')["ret"] == 0


def assert_no_silent_signature(page: Wire) -> None:
    """UnUISign signs without any dialog: only for the login of this very page."""
    serial = page.ask("1|GetCertList")["certsnlist"].split(";")[0]
    reply = page.ask("1|UnUISign|" + json.dumps({"certSN": serial, "b64data": base64_of(b"silent")}))
    assert reply["ret"] != 0
    assert "signature" not in reply
    assert FUNCTIONS["UnUISign"].standing in (Standing.WORKS, Standing.NOT_SUPPORTED)
