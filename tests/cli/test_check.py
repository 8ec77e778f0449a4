"""check, ofd verify, seals show: real files of another maker, and our own with roots and lists at hand."""

from __future__ import annotations

import json
from pathlib import Path

from asn1crypto import pem

from hebca_helper.documents.pdf.placement import Placement
from tests.documents import ofd_maker as make
from tests.documents.pdf import papers
from tests.documents.pdf.stamper import Stamper
from tests.documents.test_verdicts import FILES
from tests.pki import certificate_maker as maker
from tests.running import Run
from tests.seals import seal_maker


def pem_of(certificate: bytes) -> bytes:
    made: bytes = pem.armor("CERTIFICATE", certificate)
    return made


SAMPLES = Path(__file__).parents[1] / "data" / "seals"
SEAL, SIGNATURE, OFD = (
    str(SAMPLES / f"ofdrw-{name}") for name in ("UserV4.esl", "SignedValueV4.dat", "V4RideRight.ofd")
)


def test_one_object_a_line_for_scripts(run: Run, tmp_path: Path) -> None:
    (tmp_path / "none").write_bytes(b"nothing of the kind")
    done = run("check", SEAL, SIGNATURE, OFD, str(tmp_path / "none"), str(tmp_path / "missing"), "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [(row["kind"], row["verdict"]) for row in rows] == [
        ("seal", "invalid"),
        ("signature", "indeterminate"),
        ("ofd", "unidentified"),
        ("seal", "unreadable"),
        ("seal", "unreadable"),
    ]
    assert {row["trust"] for row in rows} == {"unknown"}
    assert rows[0]["reasons"] == ["seal-expired", "maker-unknown"]
    seal = rows[0]["seal"]
    assert (seal["version"], seal["name"], seal["signer_listed"]) == ("2020", "OFD R&W 测试用印章", None)
    assert (seal["valid_from"], seal["valid_to"]) == ("2020-04-22T02:09:00+00:00", "2022-04-22T02:09:00+00:00")
    assert seal["picture"] == {"type": "PNG", "width_mm": 40, "height_mm": 40}
    (signature,) = rows[2]["signatures"]
    assert {key: signature[key] for key in ("format", "document", "signature", "certificate_at_signing")} == {
        "format": "ses",
        "document": "unchanged",
        "signature": "valid",
        "certificate_at_signing": "valid",
    }
    assert signature["seal"]["signer_listed"] is True
    assert signature["details"]["riding"] is True


def test_a_person_reads_the_verdict_first(run: Run) -> None:
    shown = run("seals", "show", SEAL)
    first, _, reasons = shown.stdout.splitlines()[:3]
    assert shown.returncode == 1
    assert first.endswith(": 无效")
    assert reasons == "  原因: 印章已过有效期；制章人的证书不是由本机信任的机构签发的"
    assert "制章人签名: 有效" in shown.stdout
    assert "骑缝章，共 5 处" in run("ofd", "verify", OFD).stdout
    wrong_kind = run("ofd", "verify", SEAL)
    assert wrong_kind.returncode == 1
    assert "请使用 check" in wrong_kind.stdout


def test_with_roots_and_lists(run: Run, tmp_path: Path) -> None:
    root = seal_maker.authority()
    document, ca, crl = tmp_path / "报表.ofd", tmp_path / "root.pem", tmp_path / "list.crl"
    document.write_bytes(make.package(make.signed()))
    ca.write_bytes(pem.armor("CERTIFICATE", root.der))
    good = run("ofd", "verify", str(document), "--trusted", str(ca))
    assert good.returncode == 0
    assert good.stdout.startswith(f"{document}: 签章有效\n")
    assert "没有吊销列表，未核对证书是否已被吊销" in good.stdout
    crl.write_bytes(root.crl([(4, seal_maker.MADE, None)]))
    revoked = run("ofd", "verify", str(document), "--trusted", str(ca), "--crl", str(crl))
    assert revoked.returncode == 1
    assert "已吊销" in revoked.stdout
    document.write_bytes(make.package({**make.signed(), "Doc_0/Document.xml": b"<Document/>"}))
    changed = run("ofd", "verify", str(document))
    assert changed.returncode == 1
    assert "签名后被改动" in changed.stdout
    assert "/Doc_0/Document.xml" in changed.stdout


def test_with_another_issuer_named_nothing_is_valid(run: Run, tmp_path: Path) -> None:
    """In no kind of file; and who judges trust on their own says so."""
    (tmp_path / "other.cer").write_bytes(maker.root("OTHER", maker.sm2_key(8)).der)
    (tmp_path / "own.cer").write_bytes(b"".join(map(pem_of, (seal_maker.authority().der, maker.hebca().der))))
    named = []
    for name, make_file in FILES.items():
        named.append(str(tmp_path / name))
        Path(named[-1]).write_bytes(make_file())
    other = run("check", *named, "--trusted", str(tmp_path / "other.cer"), "--json")
    rows = [json.loads(line) for line in other.stdout.splitlines()]
    assert (other.returncode, {row["verdict"] for row in rows}) == (4, {"unidentified"})
    assert all(row["reasons"] for row in rows)
    told = run("check", *named, "--trusted", str(tmp_path / "other.cer"), "--allow-unknown-issuer")
    assert (told.returncode, told.stdout.count("身份未核实\n")) == (0, 2 * len(FILES) - 1)
    own = run("check", *named, "--trusted", str(tmp_path / "own.cer"), "--json")
    assert (own.returncode, {json.loads(line)["verdict"] for line in own.stdout.splitlines()}) == (0, {"valid"})


def test_the_status_is_that_of_the_worst_file(run: Run, tmp_path: Path) -> None:
    changed = tmp_path / "changed.ofd"
    changed.write_bytes(make.package({**make.signed(), "Doc_0/Document.xml": b"<Document/>"}))
    assert run("check", OFD).returncode == 4
    assert run("check", OFD, SIGNATURE).returncode == 5
    assert run("check", SIGNATURE, str(changed), OFD, "--allow-unknown-issuer").returncode == 1


def test_a_list_that_is_none_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b"x")
    done = run("check", SEAL, "--crl", str(tmp_path / "bad"))
    assert (done.returncode, "crl-unreadable" in done.stderr) == (1, True)


def test_invisible_characters_of_a_file_are_shown(run: Run, tmp_path: Path) -> None:
    written = seal_maker.seal(seal_maker.SealPlan(picture=("P\u202eNG", seal_maker.PNG, 40, 40)))
    (tmp_path / "seal").write_bytes(written)
    shown = run("seals", "show", str(tmp_path / "seal")).stdout
    assert "\u202e" not in shown
    assert "P⟨U+202E⟩NG" in shown


def test_what_was_signed_is_taken_out_of_what_it_became(run: Run, tmp_path: Path) -> None:
    signed = Stamper().stamp(papers.register(1), Placement())
    changed, out = tmp_path / "changed.pdf", tmp_path / "out.pdf"
    changed.write_bytes(papers.drawn_over(signed))
    take = ("check", str(changed), "--out", str(out), "--signed-revision")
    assert run(*take, "1").returncode == 1  # it was changed, which writing it out does not mend
    assert out.read_bytes() == signed
    assert "已存在" in run(*take, "1").stderr
    assert "没有第 2 个完整的签名" in run(*take, "2", "--force").stderr
    assert "只有一个文件" in run("check", str(changed), str(changed), "--signed-revision", "1").stderr
    assert out.read_bytes() == signed
