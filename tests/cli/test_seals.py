"""`seals`: for people and for scripts, from practice USBKEYs."""

from __future__ import annotations

import json
from pathlib import Path

from tests.practice_homes import put_practice_usbkey
from tests.running import Run

CONTRACT = {"version", "signature", "valid_from", "valid_to", "name", "id", "picture", "signer_listed"}


def test_one_object_a_seal_as_the_contract_has_it(home: Path, run: Run) -> None:
    put_practice_usbkey(home, "two-seals")
    done = run("seals", "--json")
    rows = json.loads(done.stdout)
    assert done.returncode == 0
    assert [(row["label"], row["verdict"], row["trust"], row["problem"]) for row in rows] == [
        ("seal", "valid", "trusted", None),
        ("ESEAL", "valid", "trusted", None),
    ]
    for row in rows:
        seal = row["seal"]
        assert set(seal) >= CONTRACT
        assert (seal["version"], seal["signature"], seal["signer_listed"]) == ("2020", "valid", True)
        assert seal["picture"] == {"type": "PNG", "width_mm": 40, "height_mm": 40}
        assert seal["valid_from"].endswith("+00:00")


def test_a_seal_that_needs_renewal_is_told_with_the_way_to_a_new_one(home: Path, run: Run) -> None:
    put_practice_usbkey(home, "renewed")
    told = run("seals").stdout
    assert "印章需更新" in told and "社保用户申请章" in told
    (row,) = json.loads(run("seals", "--json").stdout)
    assert (row["valid_now"], row["problem"]["code"], row["seal"]["signer_listed"]) == (
        False,
        "seal-needs-renewal",
        False,
    )


def test_without_a_seal_or_a_usbkey(home: Path, run: Run) -> None:
    assert "没有找到 USBKEY" in run("seals").stdout
    put_practice_usbkey(home, "no-seal")
    assert run("seals").stdout.count("您的证书中没有印章信息") == 1
    assert json.loads(run("seals", "--json").stdout) == []
