"""What is wrong with the command itself ends with 2, in one line that names it, and says nothing of pages, of USBKEYs to
plug in or of fault finding; what is wrong with a file is a failure that names the file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hebca_helper.app import main
from hebca_helper.cli.own_words import width
from hebca_helper.errors import Code
from tests.documents.pdf import papers
from tests.practice_homes import put_practice_usbkey
from tests.running import Run

OUT_OF_PLACE = ("刷新网页", "插入", "故障检测", "Traceback", "_port", "usage:")
Told = tuple[int, str, str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command runs: a paper, a text, what is empty, what is large, what is none of these."""
    place = tmp_path / "place"
    place.mkdir()
    (place / "paper.pdf").write_bytes(papers.register(1))
    (place / "text").write_text("报表")
    (place / "empty").touch()
    (place / "folder").mkdir()
    os.mkfifo(place / "pipe")
    with (place / "large").open("wb") as large:
        large.truncate(1024**3)
    monkeypatch.chdir(place)
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    return place


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Told:
    """In this process: exit status, standard output, standard error."""
    try:
        status = main(words)
    except SystemExit as ended:
        status = int(ended.code or 0)
    said = capsys.readouterr()
    return status, said.out, said.err


MISUSED = {
    "no command of that name": ("sea",),
    "an option that is none": ("tokens", "--jsn"),
    "an option without its value": ("sign", "--text"),
    "a page that is none": ("show", "page-of-nothing"),
    "nothing to sign": ("sign",),
    "two things to sign": ("sign", "--text", "a", "--file", "text"),
    "a serial number in words": ("sign", "--text", "a", "--certificate", "my-own"),
    "page 0": ("seal", "paper.pdf", "out.pdf", "--page", "0"),
    "page -2": ("seal", "paper.pdf", "out.pdf", "--page=-2"),
    "a page in words": ("seal", "paper.pdf", "out.pdf", "--page", "one"),
    "keyword and page": ("seal", "paper.pdf", "out.pdf", "--keyword", "章", "--page", "1"),
    "keyword and place": ("seal", "paper.pdf", "out.pdf", "--keyword", "章", "--x", "1"),
    "keyword and edge": ("seal", "paper.pdf", "out.pdf", "--keyword", "章", "--edge"),
    "an empty keyword": ("seal", "paper.pdf", "out.pdf", "--keyword", " "),
    "a keyword of many words": ("seal", "paper.pdf", "out.pdf", "--keyword", "章" * 201),
    "edge and page": ("seal", "paper.pdf", "out.pdf", "--edge", "--page", "1"),
    "field and page": ("seal", "paper.pdf", "out.pdf", "--field", "", "--page", "1"),
    "every page and one": ("seal", "paper.pdf", "out.pdf", "--every-page", "--page", "1"),
    "place 0 without a keyword": ("seal", "paper.pdf", "out.pdf", "--nth", "1"),
    "the keyword's place 0": ("seal", "paper.pdf", "out.pdf", "--keyword", "章", "--nth", "0"),
    "no millimetres": ("seal", "paper.pdf", "out.pdf", "--x", "nan"),
    "endless millimetres": ("seal", "paper.pdf", "out.pdf", "--y", "1e9"),
    "no output": ("seal", "paper.pdf"),
    "several files into one": ("seal", "paper.pdf", "text", "out.pdf"),
    "two files of one name": ("seal", "paper.pdf", "folder/../paper.pdf", "folder"),
    "an output that is there": ("seal", "paper.pdf", "text"),
    "an output in no folder": ("seal", "paper.pdf", "nowhere/out.pdf"),
    "an output in a file": ("seal", "paper.pdf", "text/out.pdf"),
    "an output too long": ("seal", "paper.pdf", "x" * 300),
    "a device as output": ("seal", "paper.pdf", "/dev/null", "--force"),
    "a PIN file without its mode": ("seal", "paper.pdf", "out.pdf", "--pin-file", "text"),
    "an empty PIN file": ("serve", "--unattended", "--pin-file", "empty"),
    "sites trusted without the mode": ("serve", "--allow-origin", "https://portal.example"),
    "no origin": ("serve", "--unattended", "--allow-origin", "portal.example/"),
    "a port in words": ("serve", "--seal-port", "http"),
    "a port too high": ("run", "--certificate-port", "65536"),
    "cms without a verb": ("cms",),
    "cms without an output": ("cms", "sign", "text"),
    "cms onto a file": ("cms", "sign", "text", "-o", "empty"),
    "cms into a folder": ("cms", "sign", "text", "-o", "folder", "--force"),
    "cms for nobody": ("cms", "encrypt", "text", "-o", "out"),
    "a cipher that is none": ("cms", "encrypt", "text", "-o", "out", "--to", "text", "--cipher", "rot13"),
    "content in and beside": ("cms", "verify", "text", "--content", "text", "-o", "out"),
    "decrypted onto a file": ("cms", "decrypt", "text", "-o", "empty"),
    "nothing to check": ("check",),
    "a report in no folder": ("doctor", "--report", "nowhere/report.json"),
    "a report as a folder": ("doctor", "--report", "folder"),
    "a browser that is none": ("doctor", "--browser", "lynx"),
    "a scenario that is none": ("practice", "init", "--scenario", "lucky"),
    "trust without a verb": ("trust",),
    "a policy verb that is none": ("policy", "delete"),
    "a service for nobody": ("relying-party",),
    "a site over http": ("relying-party", "--origin", "http://portal.example", "--trusted", "text"),
}


@pytest.mark.parametrize("words", MISUSED.values(), ids=MISUSED)
def test_a_command_misused(folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    before = sorted(folder.rglob("*"))
    status, output, errors = told(capsys, *words)
    assert (status, output) == (2, "")
    assert "参数有误" in errors.splitlines()[-1]
    assert not [word for word in OUT_OF_PLACE if word in errors]
    assert sorted(folder.rglob("*")) == before


UNUSABLE = {
    "none": ("nothing", Code.FILE_UNREADABLE),
    "a folder": ("folder", Code.FILE_UNREADABLE),
    "a pipe": ("pipe", Code.FILE_UNREADABLE),
    "a file as a folder": ("text/file", Code.FILE_UNREADABLE),
}
READING = {
    "sign --file": ("sign", "--file", "{}"),
    "cms sign": ("cms", "sign", "{}", "-o", "out"),
    "cms verify": ("cms", "verify", "{}"),
    "cms decrypt": ("cms", "decrypt", "{}", "-o", "out"),
    "cms encrypt --to": ("cms", "encrypt", "text", "-o", "out", "--to", "{}"),
    "cms verify --trusted": ("cms", "verify", "text", "--trusted", "{}"),
    "relying-party --trusted": ("relying-party", "--origin", "https://portal.example", "--trusted", "{}"),
    "serve --pin-file": ("serve", "--unattended", "--pin-file", "{}"),
}
WRONG_KIND = {
    "cms verify": Code.MESSAGE_UNREADABLE,
    "cms decrypt": Code.MESSAGE_UNREADABLE,
    "cms encrypt --to": Code.CERTIFICATE_UNREADABLE,
    "cms verify --trusted": Code.CERTIFICATE_UNREADABLE,
    "relying-party --trusted": Code.CERTIFICATE_UNREADABLE,
}


@pytest.mark.parametrize("command", READING)
def test_a_file_that_is_none(
    practice_home: Path, folder: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    for name, code in UNUSABLE.values():
        status, output, errors = told(capsys, *[word.format(name) for word in READING[command]])
        assert (status, output) == (1, "")
        [line] = errors.splitlines()
        assert name in line and f"[{code}]" in line


@pytest.mark.parametrize("command", WRONG_KIND)
def test_a_file_of_another_kind(
    practice_home: Path, folder: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    for name in ("paper.pdf", "empty"):
        status, output, errors = told(capsys, *[word.format(name) for word in READING[command]])
        assert (status, output) == (1, "")
        assert f"[{WRONG_KIND[command]}]" in errors
        assert not (folder / "out").exists()


def test_a_file_that_is_too_large_is_not_read_whole(
    practice_home: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, errors = told(capsys, "sign", "--file", "large")
    assert (status, f"[{Code.TOO_LARGE}]" in errors, "large" in errors) == (1, True, True)


ANOTHER = {
    "certificate": ("sign", "--text", "a", "--certificate", "abc123"),
    "certificate for CMS": ("cms", "sign", "text", "-o", "out", "--certificate", "AB:C1:23"),
    "seal": ("seal", "paper.pdf", "out.pdf", "--seal", "abc123", "--unattended"),
    "USBKEY": ("change-pin", "--token", "softhsm:1"),
    "USBKEY pulled out": ("practice", "unplug", "abc123"),
}


@pytest.mark.parametrize("words", ANOTHER.values(), ids=ANOTHER)
def test_an_id_that_is_mistyped(
    practice_home: Path, folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    status, output, errors = told(capsys, *words)
    assert (status, output) == (2, "")
    assert "现有" in errors
    assert not [word for word in OUT_OF_PLACE if word in errors]


def test_a_serial_number_is_taken_as_other_programs_show_it(practice_home: Path, folder: Path, run: Run) -> None:
    serial = run("certificates").stdout.partition("序列号: ")[2].split()[0]
    pairs = serial.zfill(len(serial) + len(serial) % 2).upper()
    shown = ":".join(pairs[at : at + 2] for at in range(0, len(pairs), 2))
    for each in (shown, f"0x{serial}", f"00{serial}"):
        assert run("sign", "--text", "a", "--certificate", each, text="123456\n").returncode == 0


def test_which_seal_and_where_is_said(home: Path, folder: Path, run: Run) -> None:
    put_practice_usbkey(home, "two-seals")
    done = run("seal", "paper.pdf", "out.pdf", "--unattended")
    assert done.returncode == 0
    assert "有 2 枚印章，使用 “演练科技有限公司社保专用章”" in done.stderr
    assert "第 1 页的右下方" in done.stderr
    said = run(
        "seal", "paper.pdf", "again.pdf", "--unattended", "--x", "50", "--y", "50", "--seal", seal_of(done.stderr)
    )
    assert (said.returncode, said.stderr) == (0, "")


def seal_of(told_of_it: str) -> str:
    return told_of_it.partition("” ")[2].partition("，")[0]


def test_an_expired_certificate_is_taken_with_a_warning(home: Path, folder: Path, run: Run) -> None:
    put_practice_usbkey(home, "expired")
    done = run("sign", "--text", "a", text="123456\n")
    assert done.returncode == 0
    assert f"[{Code.CERTIFICATE_EXPIRED}]" in done.stderr


def test_help_is_in_one_language(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, expected, foreign in (("zh_CN.UTF-8", "用法：", "usage:"), ("en_US.UTF-8", "usage: ", "用法")):
        monkeypatch.setenv("LANG", language)
        for words in (("--help",), ("seal", "--help"), ("relying-party", "--help")):
            status, output, _ = told(capsys, *words)
            assert (status, output.startswith(expected), foreign in output) == (0, True, False)
            assert "show this help" not in output or language.startswith("en")


@pytest.mark.parametrize("columns", [40, 80])
def test_help_keeps_to_the_columns_of_the_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    _, output, _ = told(capsys, "doctor", "--help")
    told_in_chinese = [line for line in output.splitlines() if width(line) > len(line)]
    assert told_in_chinese
    assert max(map(width, told_in_chinese)) <= columns


def test_every_list_is_one_array_of_objects(practice_home: Path, run: Run) -> None:
    for words in (("tokens",), ("certificates",), ("seals",), ("trust", "status"), ("policy", "status")):
        rows = json.loads(run(*words, "--json").stdout)
        assert isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
