"""立即重启: the program comes back as it was called, in the language that was chosen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hebca_helper.desktop.runtime import RESTART

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = f"""
import sys
from pathlib import Path
from hebca_helper.app.window import _again

seen = Path(sys.argv[1])
print("began", *sys.argv[2:], flush=True)
if not seen.exists():
    seen.touch()
    sys.exit(_again({RESTART}))
sys.exit(_again(3))
"""


def test_the_program_is_called_again_with_the_same_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "seen"), "run", "--practice"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stdout) == (3, "began run --practice\n" * 2), done.stderr
