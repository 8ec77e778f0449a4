"""The same questions in a real Firefox ESR, as far as WebDriver BiDi can ask them.

Firefox 153 has Local Network Access but does not switch it on for everybody yet; here it is on, as it will be. Which
pages are public cannot be told by a command line, but by a preference that Firefox has for its own tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hebca_helper.bridge.policies import policies
from hebca_helper.bridge.system_root import VARIABLE as SYSTEM_ROOT
from hebca_helper.places import HOME_VARIABLE
from tests.browser.bidi import Firefox, firefox
from tests.browser.public_pages import FETCH, KNOCK_BRIEFLY, KNOCK_PATIENTLY, can_mount, own_etc, web_site, with_etc
from tests.running import serving

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(FIREFOX is None, reason="no Firefox"),
    pytest.mark.skipif(not can_mount(), reason="no mount namespaces here"),
]
PORTAL, OTHER = "portal.example", "other.example"
PERMISSION = "loopback-network"


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A profile where Firefox keeps them since 147, listed as Firefox lists it."""
    folder = tmp_path / ".config/mozilla/firefox"
    made = folder / "clerk.default"
    made.mkdir(parents=True)
    (folder / "profiles.ini").write_text("[Profile0]\nName=default\nIsRelative=1\nPath=clerk.default\n", "utf-8")
    return made


def preferences(public: int) -> dict[str, object]:
    return {
        "network.lna.enabled": True,
        "network.lna.blocking": True,
        "network.lna.websocket.enabled": True,
        "network.lna.address_space.public.override": f"127.0.0.1:{public}",
        "network.dns.localDomains": f"{PORTAL},{OTHER}",
        "network.proxy.type": 0,
    }


def knock(browser: Firefox, page: str, address: str, script: str = KNOCK_PATIENTLY) -> object:
    browser.goto(page)
    return browser.call(script, address)


def test_firefox_asks_trusts_and_obeys_policies_as_chromium_does(home: Path, profile: Path, tmp_path: Path) -> None:
    own_etc(tmp_path)
    command = with_etc(tmp_path / "etc", str(FIREFOX))
    with serving() as service, web_site() as site:
        local, portal, other = (f"http://{host}:{site}/" for host in ("localhost", PORTAL, OTHER))
        wanted = preferences(site)

        with firefox(command, profile, wanted, tmp_path) as browser:
            assert knock(browser, local, service.url, KNOCK_BRIEFLY) == "waiting"  # for the person's answer
            browser.decide(PERMISSION, "denied", local.rstrip("/"))
            assert knock(browser, local, service.url) == "blocked"
            browser.decide(PERMISSION, "granted", local.rstrip("/"))
            assert knock(browser, local, service.url) == "open"
            assert browser.call(FETCH, service.urls["https"]) == "blocked"
            with pytest.raises(RuntimeError, match="UNKNOWN_ISSUER"):
                browser.goto(service.urls["https"])

        policies.install(tmp_path, [portal.rstrip("/")])
        run_trust("install", home, tmp_path)
        with firefox(command, profile, wanted, tmp_path) as browser:
            assert knock(browser, portal, service.url) == "open"
            assert browser.call(FETCH, service.urls["https"]) == "open"
            assert knock(browser, other, service.url, KNOCK_BRIEFLY) == "waiting"
            browser.goto(service.urls["https"])

        run_trust("remove", home, tmp_path)
        with (
            firefox(command, profile, wanted, tmp_path) as browser,
            pytest.raises(RuntimeError, match="UNKNOWN_ISSUER"),
        ):
            browser.goto(service.urls["https"])


def run_trust(action: str, home: Path, person: Path) -> None:
    environment = {**os.environ, "HOME": str(person), HOME_VARIABLE: str(home), SYSTEM_ROOT: str(person)}
    environment.pop("XDG_CONFIG_HOME", None)
    subprocess.run([sys.executable, "-m", "hebca_helper", "trust", action], check=True, env=environment)
