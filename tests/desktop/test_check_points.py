"""What 检查 and `check` say of files that other programs made: every point in words, and nothing left in the words of JSON."""

from __future__ import annotations

import re

from hebca_helper.assistant.stamping.seals import TokenSeal
from hebca_helper.cli.findings import told
from hebca_helper.desktop.pages.documents import check_points
from hebca_helper.desktop.pages.seals import points as seal_points
from hebca_helper.documents.checking import check
from hebca_helper.documents.report import Report, decoded
from hebca_helper.pki.certificates import Certificate
from hebca_helper.seals.findings import Roots
from hebca_helper.tokens.model import PinState, TokenInfo
from tests.documents import test_foreign_files as files
from tests.documents import test_foreign_ofd as ofd
from tests.documents.test_foreign_files import judged
from tests.seals import seal_maker as seals

LEFT_OVER = re.compile(r"\b(valid|invalid|unknown|expired|unchanged|changed|indeterminate|None|True|False)\b")


def told_of(data: bytes) -> tuple[dict[str, str], str]:
    """The window's points, and the terminal's text."""
    report = decoded(Report, judged(data))
    points = check_points.of_seal(report.seal) if report.seal else []
    for signature in report.signatures:
        points += check_points.of_signature(signature, alone=report.kind == "signature")
    if report.package:
        points += check_points.of_package(report.package)
    text = told("文件", report)
    assert not LEFT_OVER.search(text + "".join(said for _, said in points))
    return dict(points), text


def test_everything_can_be_told() -> None:
    for data in files.good_seals().values():
        assert told_of(data)[0]["制章人签名"].startswith("有效")
    for write, _ in files.MESSAGES.values():
        told_of(write())


def test_time_stamps_and_countersignatures_are_told() -> None:
    points, text = told_of(files.SIGNATURES["stamped"]())
    assert points["时间戳"] == "有效，2026-02-03 12:05:06，sm2 4"
    assert points["文件内容"] == "文件中没有原文，无法核对"
    assert "时间戳: 有效，2026-02-03 12:05:06" in text and "时间戳服务: sm2 4" in text
    points, text = told_of(files.MESSAGES["countersigning another"][0]())
    assert points["副署"] == "sm2 3，无效" and "副署: sm2 3，无效" in text


def test_what_happened_to_an_ofd_is_told() -> None:
    points, text = told_of(ofd.ofd({**ofd.signed_once(), ofd.PAGE: b"<Page/>"}))
    assert points["被改动或缺少"] == f"/{ofd.PAGE}" and f"被改动或缺少的文件（1）: /{ofd.PAGE}" in text
    extra = {**ofd.entries(ofd.signed_once(), ofd.message), "hidden.bin": b""}
    points, text = told_of(ofd.ofd(extra))
    assert (points["文件清单"], points["清单之外的文件"]) == ("无效", "hidden.bin")
    assert "清单之外的文件（1）: hidden.bin" in text
    assert "文件已加密" in told_of(ofd.ofd({**ofd.FILES, "Encryptions.xml": b"<E/>"}))[1]


def test_a_seal_of_an_unknown_maker_is_usable_and_not_green() -> None:
    token = TokenInfo("t", "practice", "", "1", "", "", PinState.FINE, None, practice=False, protected_path=False)
    known = Roots([Certificate.parse(seals.authority().der)])
    for roots, level in ((known, "good"), (Roots(), "amber")):
        seal = decoded(Report, check(seals.seal(), roots, seals.NOW)).seal
        assert seal is not None
        held = TokenSeal(
            token,
            "1",
            "seal",
            False,
            b"",
            seal,
            seal.verdict,
            seal.trust,
            seal.name,
            b"",
            40,
            40,
            problem=None,
            listed={},
        )
        assert (held.valid_now, seal_points.state(held).level) == (True, level)
