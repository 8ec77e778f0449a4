"""Driver files: what is shipped is sound, and a wrong file is named with its line while the others work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hebca_helper.errors import Code
from hebca_helper.places import shipped
from hebca_helper.tokens.catalogue import Condition, Confidence, Rescan, System, load_catalogue
from hebca_helper.tokens.messages import Work
from hebca_helper.tokens.model import PinState

GOOD = 'title = "好"\n'
WHOLE = """\
title = "某 USBKEY"
english = "Some USBKEY"
maker = "某厂"
confidence = "medium"
usb_ids = ["055C:E618"]
shared_usb_id = true
rescan = "reinitialize"
present_when = "smart-card-service"
notes = "…"
[limits]
sign = 60
[tries]
fine = 6
[libraries.linux]
names = ["libx.so"]
folders = ["/opt/x/*/lib"]
paths = ["/usr/lib/libx.so.1"]
"""


def test_every_shipped_driver_reads() -> None:
    drivers, problems = load_catalogue(shipped("drivers"))
    assert problems == []
    assert {"softhsm2", "opensc", "longmai-gm3000", "feitian-epass3000gm", "feitian-epass3003", "feitian-epass2003",
            "feitian-older", "haitai-haikey", "wendingchuang", "hsic", "minghua", "watchdata", "aratek"} <= {
        driver.name for driver in drivers
    }  # fmt: skip
    assert all(driver.english and driver.english.isascii() for driver in drivers)
    by_name = {driver.name: driver for driver in drivers}
    assert by_name["minghua"].shared_usb_id
    assert by_name["softhsm2"].present_when is Condition.SOFTHSM_CONFIGURED
    # A person needs time to press the key's button.
    assert all(driver.limit(Work.SIGN) >= 60 for driver in drivers if driver.usb_ids)
    assert all(driver.limit(Work.GENERATE) >= 180 for driver in drivers)


def test_no_usb_id_belongs_to_two_drivers() -> None:
    drivers, _ = load_catalogue(shipped("drivers"))
    ids = [usb_id for driver in drivers for usb_id in driver.usb_ids]
    assert len(ids) == len(set(ids))


def test_the_udev_rules_name_every_maker_and_no_shared_id() -> None:
    rules = shipped("drivers", "70-hebca-helper.rules").read_text("utf-8")
    drivers, _ = load_catalogue(shipped("drivers"))
    vendors = {usb_id[:4] for driver in drivers if not driver.shared_usb_id for usb_id in driver.usb_ids}
    named = set(re.findall(r'^ATTRS\{idVendor\}=="([0-9a-f]{4})"', rules, re.MULTILINE))
    assert vendors <= named
    assert "04b4" not in named


def test_a_whole_driver(tmp_path: Path) -> None:
    (tmp_path / "some.toml").write_text(WHOLE, "utf-8")
    (driver,), problems = load_catalogue(tmp_path)
    assert problems == []
    assert (driver.name, driver.maker, driver.confidence) == ("some", "某厂", Confidence.MEDIUM)
    assert (driver.usb_ids, driver.shared_usb_id, driver.rescan) == (("055c:e618",), True, Rescan.REINITIALIZE)
    assert (driver.limit(Work.SIGN), driver.limit(Work.LOAD)) == (60, 20)
    assert driver.tries == {PinState.FINE: 6}
    assert driver.libraries[System.LINUX].folders == ("/opt/x/*/lib",)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b'title = "x', 1),
        (b'title = "x"\n\nmaker = \n', 3),
        (b'title = "x"\n# \xb4\xed\n', 2),
        (b'title = "x"\nvendor = "y"\n', 2),
        (b'title = "x"\n\nusb_ids = ["55c:e618"]\n', 3),
        (b'title = "x"\nusb_ids = "055c:e618"\n', 2),
        (b'title = "x"\nconfidence = "sure"\n', 2),
        (b'title = "x"\nshared_usb_id = 1\n', 2),
        (b'title = "x"\n[limits]\nload = 1\nsign = "long"\n', 4),
        (b'title = "x"\n[limits]\nsing = 60\n', 3),
        (b'title = "x"\n[limits]\nsign = 0\n', 3),
        (b'title = "x"\n[limits]\nsign = true\n', 3),
        (b'title = "x"\n[tries]\nfine = 1.5\n', 3),
        (b'title = "x"\n[libraries.linux]\nnames = ["../x.so"]\n', 3),
        (b'title = "x"\n[libraries.beos]\nnames = ["x.so"]\n', 2),
        (b'title = "x"\n[libraries]\nlinux = 3\n', 3),
        (b'title = "x"\n[libraries.linux]\nfiles = ["x.so"]\n', 3),
        (b"title = 3\n", 1),
    ],
)
def test_a_wrong_file_is_named_with_its_line_and_skipped(tmp_path: Path, content: bytes, line: int) -> None:
    (tmp_path / "a-good.toml").write_text(GOOD, "utf-8")
    (tmp_path / "bad.toml").write_bytes(content)
    (tmp_path / "z-good.toml").write_text(GOOD, "utf-8")
    drivers, (problem,) = load_catalogue(tmp_path)
    assert [driver.name for driver in drivers] == ["a-good", "z-good"]
    assert problem.code is Code.DRIVER_FILE_WRONG
    assert problem.detail.startswith(f"bad.toml:{line}: ")


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_content_is_a_driver_or_an_error(content: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "any.toml").write_bytes(content)
        drivers, problems = load_catalogue(Path(folder))
    assert len(drivers) + len(problems) == 1


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    assert load_catalogue(tmp_path)[1][0].code is Code.DRIVER_FILE_WRONG
