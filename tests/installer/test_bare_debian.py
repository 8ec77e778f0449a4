"""setup.sh on a freshly installed Debian, as its README says: whoever works there, wherever the checkout lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installer.bare_debian import CLERK, ROOT_LOGIN, BareDebian, Login, why_not

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 6 * 3600
pytestmark = [pytest.mark.full, pytest.mark.timeout(SECONDS)]


@pytest.fixture(scope="module", params=["bookworm", "trixie"])
def debian(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareDebian]:
    if reason := why_not(request.param):
        pytest.skip(reason)
    made = BareDebian.make(request.param, tmp_path_factory.mktemp(request.param) / "debian")
    yield made
    made.remove()


@pytest.mark.parametrize("login", [ROOT_LOGIN, CLERK], ids=lambda login: login.name)
def test_the_test_command_is_green(debian: BareDebian, login: Login) -> None:
    """First with a network, as far as the checks; then all tests with none but the loopback: a second run fetches nothing."""
    debian.check_out(ROOT, login)
    for network, arguments in ((True, ("--", "--collect-only", "-q")), (False, ())):
        done = debian.run(login, "bash", "installer/setup.sh", "test", *arguments, network=network)
        assert done.returncode == 0, "\n".join(done.stdout.splitlines()[-60:])
