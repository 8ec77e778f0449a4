"""Terminals that cannot show every character, and readers that go away: no traceback, and JSON stays JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SEAL = Path(__file__).parents[1] / "data" / "seals" / "ofdrw-UserV4.esl"


def checked(encoding: str, *arguments: str) -> tuple[bytes, bytes]:
    command = [sys.executable, "-m", "hebca_helper", "check", str(SEAL), *arguments]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}, timeout=100)
    assert done.returncode == 0
    return done.stdout, done.stderr


def test_json_in_any_encoding(home: Path) -> None:
    for encoding in ("ascii", "gbk"):
        written, problems = checked(encoding, "--json")
        assert json.loads(written.decode(encoding))["seal"]["name"] == "OFD R&W 测试用印章"
        assert problems == b""
    assert "印章完整" in checked("gbk")[0].decode("gbk")


def test_a_reader_that_goes_away(home: Path) -> None:
    command = [sys.executable, "-m", "hebca_helper", "check", *[str(SEAL)] * 2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.close()
        assert b"Traceback" not in running.stderr.read()
        assert running.wait(timeout=100) in (0, 1)
