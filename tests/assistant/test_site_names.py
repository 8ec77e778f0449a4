"""What a person types or pastes as a site becomes the origin that browsers send, or is refused with a reason."""

from __future__ import annotations

import pytest

from hebca_helper.assistant.sites.names import origin_of
from hebca_helper.errors import Code, HelperError


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://rsj.zjk.gov.cn", "https://rsj.zjk.gov.cn"),
        (" https://RSJ.zjk.gov.cn./zjkwb/static/login.html?a=1#b ", "https://rsj.zjk.gov.cn"),
        ("rsj.zjk.gov.cn", "https://rsj.zjk.gov.cn"),
        ("https://a.example:443", "https://a.example"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("http://localhost:8080/x", "http://localhost:8080"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://10.1.2.3", "https://10.1.2.3"),
        ("https://政务.cn", "https://xn--zfr164b.cn"),
    ],
)
def test_an_address_becomes_its_origin(typed: str, origin: str) -> None:
    assert origin_of(typed) == origin


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "社保",
        "https://",
        "ftp://a.example",
        "https://user@a.example",
        "https://a.example:x",
        "https://a_b.example",
        "https://-a.example",
        "https://1.2.3",
        "https://[::1",
        "javascript:alert(1)",
        "null",
        "https://a b.example",
    ],
)
def test_what_is_no_site_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(HelperError) as told:
        origin_of(typed)
    assert told.value.code is Code.BAD_REQUEST
    assert "https://www.example.com" in told.value.detail


@pytest.mark.parametrize("typed", ["http://a.example", "http://192.168.1.1:8080"])
def test_a_site_that_anyone_can_imitate_is_refused(typed: str) -> None:
    with pytest.raises(HelperError) as told:
        origin_of(typed)
    assert "没有加密" in told.value.detail
