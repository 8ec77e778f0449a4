"""The windows on the newest PySide6 there is, in a throwaway virtual environment: the lock will have to move one day."""

from __future__ import annotations

import site
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 2 * 3600
pytestmark = [pytest.mark.full, pytest.mark.timeout(SECONDS)]


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with it; everything else comes from the environment that runs this test."""
    folder = tmp_path_factory.mktemp("newest")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    fetch = [str(python), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "PySide6-Essentials"]
    fetched = subprocess.run(fetch, capture_output=True, text=True)
    if fetched.returncode != 0:
        pytest.skip(f"the newest PySide6 cannot be had here: {fetched.stderr.strip().splitlines()[-1]}")
    own = next((folder / "lib").glob("python3*")) / "site-packages"
    lines = [f"import site; site.addsitedir({place!r})\n" for place in site.getsitepackages()]
    (own / "locked.pth").write_text("".join(lines), encoding="utf-8")
    return python


def test_the_windows_work_with_the_newest_pyside6(newest: Path) -> None:
    version = "import PySide6; print(PySide6.__file__)"
    found = Path(subprocess.check_output([str(newest), "-c", version], text=True).strip())
    assert found.is_relative_to(newest.parents[1])
    command = [str(newest), "-m", "pytest", "-q", "-m", "not full", "-p", "no:cacheprovider", "tests/desktop"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, "\n".join(done.stdout.splitlines()[-60:])
