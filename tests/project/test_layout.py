"""The shape of the project: what lies at the top, how long a module may be, what a wheel holds."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOP_LEVEL = {"hebca_helper", "resources", "drivers", "installer", "tests", "pyproject.toml", "README.md", "LICENSE"}
LONGEST_MODULE_LINES = 500
SOURCES = {".py", ".js", ".sh", ".c"}
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(org|com)|(deb|security|ftp)\.debian\.org|archive\.ubuntu\.com|"
    r"(mirrors?|pypi|npm|registry)\.[a-z0-9-]+\.(com|cn|org|net|edu|io)\b",
    re.IGNORECASE,
)
FIND_SHIPPED = """
import sys
from pathlib import Path
import hebca_helper
from hebca_helper.places import shipped
print(Path(hebca_helper.__file__).parent)
for name in sys.argv[1:]:
    print(shipped(*name.split("/")))
"""


def git(*arguments: str) -> str:
    command = ["git", "-c", "safe.directory=*", "-c", "core.quotePath=false", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """Paths of all files in the repository, as far as they are there."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    return [name for name in git("ls-files", "-z").split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def installed_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what an installed wheel holds."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_top_level_holds_what_it_should_and_nothing_else(tracked: list[str]) -> None:
    top = {name.split("/")[0] for name in tracked}

    assert {name for name in top if not name.startswith(".")} == TOP_LEVEL


def test_no_module_is_too_long(tracked: list[str]) -> None:
    sources = [name for name in tracked if Path(name).suffix in SOURCES]
    lines = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in sources}

    assert {name: count for name, count in lines.items() if count > LONGEST_MODULE_LINES} == {}


def test_no_file_names_a_package_registry(tracked: list[str]) -> None:
    texts = {name: (ROOT / name).read_bytes().decode("utf-8", "replace") for name in tracked}

    assert {name: found[0] for name, text in texts.items() if (found := REGISTRIES.search(text))} == {}


def test_a_wheel_holds_every_resource_and_driver_where_the_program_looks(
    tracked: list[str], installed_wheel: Path
) -> None:
    shipped = [name for name in tracked if name.split("/")[0] in {"resources", "drivers"}]
    command = [sys.executable, "-c", FIND_SHIPPED, *shipped]
    environment = {"PYTHONPATH": str(installed_wheel), "PATH": ""}

    done = subprocess.run(command, cwd=installed_wheel, env=environment, check=True, capture_output=True, text=True)

    package, *found = (Path(line) for line in done.stdout.splitlines())
    assert package == installed_wheel / "hebca_helper"
    assert shipped
    assert found == [package / name for name in shipped]
    assert [path.read_bytes() for path in found] == [(ROOT / name).read_bytes() for name in shipped]


def test_a_wheel_starts_the_program_by_its_name(installed_wheel: Path) -> None:
    (entry_points,) = installed_wheel.glob("*.dist-info/entry_points.txt")

    assert "hebca-helper = hebca_helper.__main__:main" in entry_points.read_text(encoding="utf-8")


def test_a_wheel_holds_the_program_and_no_tests(installed_wheel: Path) -> None:
    assert {path.name for path in installed_wheel.iterdir() if not path.name.endswith(".dist-info")} == {"hebca_helper"}
