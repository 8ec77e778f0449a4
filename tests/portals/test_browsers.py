"""Browsers are found where they are, and started with an argument list that no address can break out of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.portals.browsers import Browser, BrowserKind, command, find_browsers, launch, suitable
from hebca_helper.portals.catalogue import load


def put_program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_chromium_of_this_computer_is_found() -> None:
    found = {browser.kind: browser.path for browser in find_browsers()}
    assert os.access(found[BrowserKind.CHROMIUM], os.X_OK)


def test_path_goes_before_the_usual_folders(tmp_path: Path) -> None:
    on_path = put_program(tmp_path / "bin" / "google-chrome")
    usual = put_program(tmp_path / "opt" / "firefox")
    places = {BrowserKind.CHROME: [str(usual)], BrowserKind.FIREFOX: [str(tmp_path / "gone"), str(usual)]}
    found = find_browsers({"PATH": str(tmp_path / "bin")}, lambda kind: iter(places.get(kind, [])))
    assert found == [Browser(BrowserKind.CHROME, on_path), Browser(BrowserKind.FIREFOX, usual)]


def test_a_file_that_cannot_run_is_no_browser(tmp_path: Path) -> None:
    (tmp_path / "firefox").write_text("")
    assert find_browsers({"PATH": str(tmp_path)}, lambda kind: iter([str(tmp_path / "firefox")])) == []


def test_a_portal_that_needs_chrome_takes_no_other() -> None:
    catalogue = load()
    hengshui, zhangjiakou = catalogue.find("hengshui-social-security"), catalogue.find("zhangjiakou-provident-fund")
    assert hengshui is not None
    assert zhangjiakou is not None
    firefox = Browser(BrowserKind.FIREFOX, Path("/f"))
    chromium = Browser(BrowserKind.CHROMIUM, Path("/c"))
    assert suitable(hengshui, [firefox]) == []
    assert suitable(hengshui, [firefox, chromium]) == [chromium]
    assert suitable(zhangjiakou, [firefox]) == [firefox]


@pytest.mark.parametrize("address", ["--no-sandbox", "file:///etc/passwd", "", " https://a.example"])
def test_only_web_addresses_are_opened(address: str) -> None:
    with pytest.raises(HelperError) as problem:
        command(Browser(BrowserKind.CHROME, Path("/c")), address)
    assert problem.value.code is Code.BAD_REQUEST


def test_what_a_shell_would_read_is_one_argument(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    os.mkfifo(asked)
    program = put_program(tmp_path / "browser", f'#!/bin/sh\nprintf "%s|" "$#" "$1" > {asked}\n')
    address = "https://a.example/?x=$(id)&y=`id`;z"
    launch(Browser(BrowserKind.CHROME, program), address)
    assert asked.read_text() == f"1|{address}|"


def test_a_browser_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(HelperError) as problem:
        launch(Browser(BrowserKind.CHROME, tmp_path / "gone"), "https://a.example/")
    assert problem.value.code is Code.EXECUTION_FAILED
