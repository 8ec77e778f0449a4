"""Browser policies: exactly the portals of the catalogue, beside what others wrote, and taken back without a trace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hebca_helper.bridge.policies import policies, registry
from hebca_helper.bridge.policies.chromium import FILE, FOLDERS
from hebca_helper.bridge.system_root import VARIABLE
from hebca_helper.errors import Code
from hebca_helper.portals.browsers import BrowserKind
from hebca_helper.portals.catalogue import known_origins, load

CANGZHOU = "http://111.62.46.105:9010"
COMPANY = {
    "policies": {
        "DisableTelemetry": True,
        "LocalNetworkAccess": {"EnablePrompting": True, "SkipDomains": ["intranet.example"]},
    }
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A computer with an administrator who has policies of their own."""
    made = tmp_path / "root"
    for folder in ("etc/opt", "var/lib", "etc/firefox/policies", FOLDERS["Chromium"]):
        (made / folder).mkdir(parents=True)
    (made / "etc/firefox/policies/policies.json").write_text(json.dumps(COMPANY), "utf-8")
    theirs = {"HomepageLocation": "https://intranet.example", "LoopbackNetworkAllowedForUrls": ["https://x.example"]}
    (made / FOLDERS["Chromium"] / "company.json").write_text(json.dumps(theirs), "utf-8")
    return made


def contents(root: Path) -> dict[str, Any]:
    """Every file and folder, JSON files by their meaning."""
    return {
        str(path.relative_to(root)): json.loads(path.read_bytes()) if path.is_file() else None
        for path in root.rglob("*")
    }


def test_what_remove_leaves_is_what_was_there_before(root: Path) -> None:
    before = contents(root)
    policies.install(root)
    assert contents(root) != before
    policies.install(root)
    policies.remove(root)
    assert contents(root) == before
    policies.remove(root)
    assert contents(root) == before


def test_every_portal_may_reach_us_in_every_browser_and_nobody_else_may(root: Path) -> None:
    origins = known_origins(load())
    assert CANGZHOU in origins
    for state in policies.install(root):
        assert set(state.allowed) == origins
        assert state.missing == ()
        assert state.problem is None
    for kind in BrowserKind:
        assert policies.lets_in(kind, CANGZHOU, root)
        for stranger in ("https://evil.example", "http://111.62.46.105:9011", "http://111.62.46.106:9010"):
            assert not policies.lets_in(kind, stranger, root) or (kind is BrowserKind.FIREFOX and "105" in stranger)
    policies.remove(root)
    assert not any(policies.lets_in(kind, CANGZHOU, root) for kind in BrowserKind)


def test_only_http_portals_are_treated_as_secure_and_the_wide_opt_out_is_never_written(root: Path) -> None:
    policies.install(root)
    written = [path for path in root.rglob("*") if path.is_file()]
    assert not [path for path in written if b"OptOut" in path.read_bytes()]
    assert not [path for path in written if b'"*"' in path.read_bytes()]
    for folder in FOLDERS.values():
        table = json.loads((root / folder / FILE).read_bytes())
        assert set(table) == {
            "LoopbackNetworkAllowedForUrls",
            "LocalNetworkAccessAllowedForUrls",
            "OverrideSecurityRestrictionsOnInsecureOrigin",
        }
        assert table["OverrideSecurityRestrictionsOnInsecureOrigin"] == [CANGZHOU]
        for pattern in table["LocalNetworkAccessAllowedForUrls"]:
            assert pattern.rpartition(":")[2].isdigit(), "a pattern without a port fits every port"


def test_what_others_set_stays_in_force(root: Path) -> None:
    policies.install(root)
    firefox = json.loads((root / "etc/firefox/policies/policies.json").read_bytes())["policies"]
    assert firefox["DisableTelemetry"] is True
    assert firefox["LocalNetworkAccess"]["EnablePrompting"] is True
    assert firefox["LocalNetworkAccess"]["SkipDomains"][0] == "intranet.example"
    assert policies.lets_in(BrowserKind.CHROMIUM, "https://x.example", root)


def test_an_entry_that_was_there_before_is_not_taken_away(root: Path) -> None:
    path = root / "etc/firefox/policies/policies.json"
    theirs = {"policies": {"LocalNetworkAccess": {"SkipDomains": ["111.62.46.105"]}}}
    path.write_text(json.dumps(theirs), "utf-8")
    policies.install(root)
    policies.remove(root)
    assert json.loads(path.read_bytes()) == theirs


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"policies": []}', '{"policies": {"LocalNetworkAccess": {"SkipDomains": 1}}}']
)
def test_a_file_we_cannot_read_is_left_as_it_is(root: Path, content: str) -> None:
    path = root / "etc/firefox/policies/policies.json"
    path.write_text(content, "utf-8")
    states = {state.title: state for state in policies.install(root)}
    problem = states["Firefox"].problem
    assert problem is not None
    assert problem.code is Code.POLICY_FILE_WRONG
    assert path.read_text("utf-8") == content
    assert states["Chromium"].problem is None


def test_without_root_nothing_is_written_and_the_reason_is_told(root: Path) -> None:
    """The command, not the function, because what one may do is a process's. Root is denied what root may more than others;
    as another user it could not even read a checkout under /root."""
    as_others = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner", "--inh-caps=-all"]
    command = [sys.executable, "-m", "hebca_helper", "policy", "install", "--json"]
    before = contents(root)
    folders = [root, *(folder for folder in root.rglob("*") if folder.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    environment = {**os.environ, VARIABLE: str(root)}
    done = subprocess.run(
        [*(as_others if os.geteuid() == 0 else []), *command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    for folder in folders:
        folder.chmod(0o755)
    assert done.returncode == 1, done.stderr
    assert {row["code"] for row in json.loads(done.stdout)} == {Code.ROOT_NEEDED}
    assert contents(root) == before


def test_windows_lists_get_what_is_missing_under_free_numbers() -> None:
    assert registry.plan({"1": "https://a.example:443", "3": "x"}, ["https://a.example:443", "b", "c"]) == {
        "2": "b",
        "4": "c",
    }
    lists = registry.lists_for("Chrome", [CANGZHOU])
    base = r"SOFTWARE\Policies\Google\Chrome"
    assert lists[rf"{base}\OverrideSecurityRestrictionsOnInsecureOrigin"] == [CANGZHOU]
    assert not [key for key in lists if "OptOut" in key]
