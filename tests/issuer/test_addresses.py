"""Which addresses are called: exact origins only, whatever a page writes."""

from __future__ import annotations

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.issuer.addresses import Address, AllowedAddresses

ALLOWED = AllowedAddresses(
    frozenset({"https://www.hebca.com", "https://ca.hebca.com:8443", "http://plain.hebca.com"}),
    lambda: frozenset({"http://localhost:17281", "http://127.0.0.1:17281", "http://far.example:17281"}),
)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://www.hebca.com", Address("https://www.hebca.com/", "https://www.hebca.com", False)),
        (
            "HTTPS://WWW.HebCA.com/a/B?c=D%20e",
            Address("https://www.hebca.com/a/B?c=D%20e", "https://www.hebca.com", False),
        ),
        ("https://www.hebca.com:443/x", Address("https://www.hebca.com/x", "https://www.hebca.com", False)),
        ("https://ca.hebca.com:8443/", Address("https://ca.hebca.com:8443/", "https://ca.hebca.com:8443", False)),
        ("http://localhost:17281/r", Address("http://localhost:17281/r", "http://localhost:17281", True)),
        ("http://127.0.0.1:17281/r", Address("http://127.0.0.1:17281/r", "http://127.0.0.1:17281", True)),
    ],
)
def test_the_issuers_own_addresses_are_called(url: str, address: Address) -> None:
    assert ALLOWED.require(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "http://www.hebca.com/",  # not encrypted
        "http://plain.hebca.com/",  # not even when it is on the list
        "http://far.example:17281/",  # practice is on this computer, whoever announces something else
        "http://localhost:17282/",
        "http://localhost/",
        "https://localhost:17281/",
        "http://[::1]:17281/",
        "https://www.hebca.com:8443/",
        "https://hebca.com/",
        "https://www.hebca.com.evil.example/",
        "https://evil.example/www.hebca.com",
        "https://evil.example/?https://www.hebca.com",
        "https://evil.example#https://www.hebca.com/",
        "https://www.hebca.com#@evil.example/",
        "https://www.hebca.com@evil.example/",
        "https://www.hebca.com:x@evil.example/",
        "https://user@www.hebca.com/",
        "https://www.hebca.com./",
        "https://www.hebca.com\\.evil.example/",
        "https://evil.example\\@www.hebca.com/",
        "https://www.hebca.com\u3002evil.example/",
        "https://www.hebca\u0441om/",
        "https://www.hebсa.com/",  # a Cyrillic letter
        "https://www.hebca.com/\r\nX: y",
        "https://www.hebca.com /",
        " https://www.hebca.com/",
        "https://www.hebca.com/\t",
        "https://www.hebca.com:0443/",
        "https://www.hebca.com:/",
        "https://www.hebca.com:99999/",
        "https:www.hebca.com/",
        "https:///www.hebca.com/",
        "//www.hebca.com/",
        "www.hebca.com",
        "ftp://www.hebca.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "",
        "https://www.hebca.com/" + "a" * 3000,
    ],
)
def test_everything_else_is_denied(url: str) -> None:
    with pytest.raises(HelperError) as denied:
        ALLOWED.require(url)
    assert denied.value.code is Code.DENIED_BY_POLICY


def test_nothing_is_allowed_by_default() -> None:
    with pytest.raises(HelperError):
        AllowedAddresses().require("https://www.hebca.com/")
