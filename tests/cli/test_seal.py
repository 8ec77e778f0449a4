"""`seal`: a practice USBKEY stamps from the command line; `check` reads what came out."""

from __future__ import annotations

import json
from pathlib import Path

from tests.documents.pdf import papers
from tests.documents.pdf.stamper import pdfsig
from tests.running import Run


def test_a_file_and_a_folder_are_stamped_and_checked(practice_home: Path, run: Run, tmp_path: Path) -> None:
    paper, out = tmp_path / "a.pdf", tmp_path / "out.pdf"
    paper.write_bytes(papers.register(2))
    done = run("seal", str(paper), str(out), "--page", "2", "--x", "150", "--y", "240", "--unattended")
    assert (done.returncode, done.stderr) == (0, "")
    assert "第 2 页" in done.stdout
    again = run("seal", str(out), str(out), "--unattended", "--force")
    assert again.returncode == 1, "the original is never touched"
    assert pdfsig(out).count("Signature is Valid") == 1

    ca = practice_home / "practice" / "ca"
    trusted = [each for name in ("root.cer", "issuing.cer") for each in ("--trusted", str(ca / name))]
    row = json.loads(run("check", str(out), "--json", *trusted).stdout)
    assert (row["kind"], row["verdict"], row["trust"]) == ("pdf", "valid", "trusted")

    folder = tmp_path / "stamped"
    folder.mkdir()
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(papers.encrypted())
    done = run("seal", str(paper), str(secret), str(folder), "--keyword", papers.KEYWORD, "--unattended", "--json")
    assert done.returncode == 1
    rows = {Path(row["file"]).name: row for row in map(json.loads, done.stdout.splitlines())}
    assert rows["a.pdf"]["pages"] == [1, 2]
    assert rows["secret.pdf"]["problem"]["code"] == "document-encrypted"
    assert [each.name for each in folder.iterdir()] == ["a.pdf"]

    form, sealed = tmp_path / "form.pdf", tmp_path / "form-sealed.pdf"
    form.write_bytes(papers.form("甲方", "乙方"))
    refused = run("seal", str(form), str(sealed), "--field", "丙方", "--unattended")
    assert refused.returncode == 1
    assert "甲方、乙方" in refused.stderr
    done = run("seal", str(form), str(sealed), "--field", "乙方", "--unattended", "--json")
    assert json.loads(done.stdout)["notes"] == ["seal-smaller"]
    assert [each["name"] for each in json.loads(run("check", str(sealed), "--json").stdout)["signatures"]] == ["乙方"]
