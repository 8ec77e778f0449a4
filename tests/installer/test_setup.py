"""setup.sh, without installing anything: what it would do on machines in different states, and how it fails."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what setup.sh reads, in a folder whose name has a space, with no virtual environment."""
    copy = tmp_path / "check out"
    shutil.copytree(ROOT / "installer", copy / "installer")
    (copy / "hebca_helper").mkdir()
    (copy / "resources" / "icons").mkdir(parents=True)
    for name in ("pyproject.toml", "hebca_helper/__init__.py", "resources/icons/assistant.svg"):
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture
def empty_system(tmp_path: Path) -> dict[str, str]:
    """Environment in which dpkg knows of no installed package."""
    database = tmp_path / "dpkg"
    (database / "info").mkdir(parents=True)
    (database / "status").touch()
    return {**os.environ, "DPKG_ADMINDIR": str(database)}


def setup(
    checkout: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(checkout / "installer" / "setup.sh"), *arguments]
    own = {**(os.environ if environment is None else environment), **person(checkout)}
    return subprocess.run(command, cwd="/", env=own, capture_output=True, text=True, timeout=60)


def person(checkout: Path) -> dict[str, str]:
    """Where a person has desktop entries: beside the checkout, never at home."""
    folder = checkout.parent / "person"
    places = {"XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "../cache"}
    return {"HOME": str(folder), **{name: str(folder / place) for name, place in places.items()}}


def plan(checkout: Path, what: str, environment: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """The printed plan: each kind of line with its values."""
    done = setup(checkout, "--print-plan", what, environment=environment)
    assert done.returncode == 0, done.stderr
    facts: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        kind, _, value = line.partition(": ")
        facts.setdefault(kind, []).append(value)
    return facts


def programs(folder: Path, *names: str) -> Path:
    """A folder to be the whole PATH: links to these programs and nothing else."""
    folder.mkdir()
    for name in names:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return folder


def fake_venv(checkout: Path) -> Path:
    """What setup.sh looks at to see whether a virtual environment is whole; nothing is installed in it."""
    venv = checkout / ".venv"
    subprocess.run(["/usr/bin/python3", "-m", "venv", "--without-pip", str(venv)], check=True)
    (venv / "bin" / "pip").write_text(f'#!/bin/sh\n\'\'\'exec\' "{venv}/bin/python3" "$0" "$@"\n', encoding="utf-8")
    return venv


def tool(path: Path, status: int = 0) -> None:
    """A program that says how it was called."""
    path.unlink(missing_ok=True)
    says = 'printf "%s" "$(basename "$0")"; for word in "$@"; do printf "|%s" "$word"; done; echo'
    path.write_text(f"#!/bin/bash\n{says}\nexit {status}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def installed(checkout: Path) -> Path:
    """A checkout in which everything is installed, as the stamps say; its programs only say how they were called."""
    venv = fake_venv(checkout)
    for name in ("hebca-helper", "ruff", "mypy", "lint-imports"):
        tool(venv / "bin" / name)
    for stamp in ("run", "test", "program"):
        write_stamp(checkout, stamp)
    python = venv / "bin" / "python"
    library = next((venv / "lib").glob("python3*"))
    tool(python)
    library.rename(library.with_name("python"))
    python.write_text(python.read_text("utf-8").replace('$(basename "$0")', "python3"), encoding="utf-8")
    return checkout


@pytest.fixture
def failing_apt(tmp_path: Path) -> dict[str, str]:
    """Environment in which no package can be installed."""
    broken = tmp_path / "broken"
    broken.mkdir()
    apt = broken / "apt-get"
    apt.write_text("#!/bin/sh\necho E: no mirror can be reached\nexit 100\n", encoding="utf-8")
    apt.chmod(0o755)
    return {**os.environ, "PATH": f"{broken}:{os.environ['PATH']}"}


def write_stamp(checkout: Path, name: str) -> None:
    """Stamps `name` as installed, with the script's own functions."""
    folders = f'INSTALLER="{checkout}/installer" ROOT="{checkout}" VENV="{checkout}/.venv"'
    locks = 'RUN_LOCK="$INSTALLER/requirements.lock" TEST_LOCK="$INSTALLER/requirements-test.lock"'
    stamp = "program_stamp" if name == "program" else f"lock_stamp {name}"
    script = f'{folders}; {locks}; . "$INSTALLER/python.sh"; {stamp} >"$(stamp_file {name})"'
    subprocess.run(["bash", "-c", script], check=True)


def test_a_fresh_machine_gets_everything(checkout: Path, empty_system: dict[str, str]) -> None:
    facts = plan(checkout, "run", empty_system)

    assert {"python3-venv", "softhsm2", "libxcb-cursor0"} <= set(facts["missing-package"])
    assert facts["missing-package"] == facts["wanted-package"]
    assert facts["virtual-environment"] == ["to be created"]
    assert facts["python-packages"] == facts["program"] == ["to be installed"]


def test_tests_need_what_the_program_needs_and_more(checkout: Path) -> None:
    needed = set(plan(checkout, "run")["wanted-package"])

    more = set(plan(checkout, "test")["wanted-package"]) - needed

    assert needed < needed | more
    assert {"xvfb", "node-ws", "opensc", "libp11-kit-dev", "chromium"} <= more | needed


def test_a_machine_that_has_everything_needs_no_system_package(checkout: Path) -> None:
    assert "missing-package" not in plan(checkout, "test")


def test_a_package_under_its_later_name_counts_as_installed(checkout: Path, empty_system: dict[str, str]) -> None:
    renamed = "Package: libglib2.0-0t64\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.84\n"
    status = Path(empty_system["DPKG_ADMINDIR"], "status")
    status.write_text(
        renamed + "Provides: libglib2.0-0 (= 2.84), other\nDescription: x\nMaintainer: x <x@y>\n\n", "utf-8"
    )

    missing = plan(checkout, "run", empty_system)["missing-package"]

    assert "libglib2.0-0" not in missing
    assert "libegl1" in missing


def test_without_a_chinese_font_one_is_wanted_and_no_browser(checkout: Path, tmp_path: Path) -> None:
    tools = (
        "bash",
        "dirname",
        "dpkg-query",
        "sed",
        "grep",
        "tr",
        "cat",
        "sha256sum",
        "cut",
        "readlink",
        "basename",
        "head",
    )
    bare = {"PATH": str(programs(tmp_path / "bin", *tools))}

    wanted = set(plan(checkout, "run", bare)["wanted-package"])
    assert "fonts-wqy-microhei" in wanted
    assert "chromium" not in wanted, "the demonstration needs none"


def test_a_virtual_environment_that_is_whole_is_kept(checkout: Path) -> None:
    fake_venv(checkout)

    assert plan(checkout, "run")["virtual-environment"] == ["usable"]


def test_a_virtual_environment_without_its_python_is_made_anew(checkout: Path) -> None:
    python = fake_venv(checkout) / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")

    assert plan(checkout, "run")["virtual-environment"] == ["broken, to be created anew"]


def test_a_virtual_environment_of_another_python_is_made_anew(checkout: Path) -> None:
    library = next((fake_venv(checkout) / "lib").glob("python3*"))
    library.rename(library.with_name("python3.8"))

    assert plan(checkout, "run")["virtual-environment"] == ["broken, to be created anew"]


def test_a_checkout_that_was_moved_gets_a_new_virtual_environment(checkout: Path, tmp_path: Path) -> None:
    fake_venv(checkout)
    moved = checkout.rename(tmp_path / "moved here")

    assert plan(moved, "run")["virtual-environment"] == ["moved, to be created anew"]


def test_a_changed_lock_is_installed_again(checkout: Path) -> None:
    fake_venv(checkout)
    write_stamp(checkout, "run")
    assert plan(checkout, "run")["python-packages"] == ["up to date"]

    lock = checkout / "installer" / "requirements.lock"
    lock.write_text(lock.read_text("utf-8").replace("sha256:0", "sha256:1", 1), encoding="utf-8")

    assert plan(checkout, "run")["python-packages"] == ["to be installed"]


def as_user(folder: Path, number: int) -> None:
    """In this folder of programs, `id` says that this user asks."""
    tool(folder / "id")
    (folder / "id").write_text(f"#!/bin/sh\necho {number}\n", encoding="utf-8")


@pytest.mark.parametrize(("sudo", "told"), [(None, "也没有 sudo"), ("refuses", "没有 sudo 权限")])
def test_a_user_without_rights_is_told_what_the_administrator_should_install(
    checkout: Path, empty_system: dict[str, str], tmp_path: Path, sudo: str | None, told: str
) -> None:
    tools = programs(tmp_path / "bin", "bash", "dirname", "dpkg-query", "sed", "grep", "tr", "cat")
    as_user(tools, NOBODY)
    if sudo:
        tool(tools / "sudo", status=1)
    done = setup(checkout, "run", environment={**empty_system, "PATH": str(tools)})

    assert not (checkout / ".venv").exists()
    assert done.returncode == 1
    assert "缺少系统组件" in done.stderr
    assert told in done.stderr
    assert "apt-get install ca-certificates python3-venv softhsm2" in done.stderr
    assert "apt-get" not in done.stdout


def test_a_failing_apt_ends_in_one_clear_error(
    checkout: Path, empty_system: dict[str, str], failing_apt: dict[str, str]
) -> None:
    as_user(Path(failing_apt["PATH"].split(":")[0]), 0)
    done = setup(checkout, "run", environment={**empty_system, **failing_apt})

    assert done.returncode == 1
    assert "E: no mirror can be reached" in done.stderr
    assert "系统组件安装失败" in done.stderr


@pytest.mark.parametrize("arguments", [(), ("start",), ("--print-plan",), ("--print-plan", "fly")])
def test_unknown_words_are_answered_with_the_usage(checkout: Path, arguments: tuple[str, ...]) -> None:
    done = setup(checkout, *arguments)

    assert done.returncode == 2
    assert "setup.sh run" in done.stderr


def test_an_unknown_option_of_test_installs_nothing(checkout: Path) -> None:
    done = setup(checkout, "test", "--ful")

    assert done.returncode == 1
    assert "--ful" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_second_run_goes_straight_to_the_program(installed: Path, failing_apt: dict[str, str]) -> None:
    """Neither pip (there is none in here) nor apt-get starts when the stamps agree; bytecode is looked at each time, since
    every update of the sources brings new files."""
    done = setup(installed, "run", "--scenario", "two tokens", environment=failing_apt)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["hebca-helper|run|--practice|--scenario|two tokens"]
    assert done.stderr.splitlines() == [f"python3|-m|compileall|-q|{installed}/hebca_helper"]


def test_checks_come_before_the_tests(installed: Path) -> None:
    done = setup(installed, "test", "--", "tests/pki", "-k", "a b")

    assert done.stdout.splitlines() == [
        "ruff|check|.",
        "ruff|format|--check|.",
        "mypy",
        "lint-imports",
        "python3|-m|pytest|-m|not full|tests/pki|-k|a b",
    ]


def test_checks_look_at_the_checkout_wherever_they_are_called_from(installed: Path) -> None:
    (installed / ".venv" / "bin" / "mypy").write_text("#!/bin/sh\npwd\n", encoding="utf-8")

    assert str(installed) in setup(installed, "test").stdout.splitlines()


MEASURED = (
    "python3|-m|coverage|run|--rcfile=tests/guarding.coveragerc|-m|pytest|-n|3|--dist|loadfile|--max-worker-restart=0"
)


def test_the_full_tier_leaves_no_test_out(installed: Path) -> None:
    assert MEASURED in setup(installed, "test", "--full").stdout.splitlines()
    assert f"{MEASURED}|-m|not full" in setup(installed, "test").stdout.splitlines()


@pytest.mark.parametrize(("failing", "told"), [("run", False), ("report", True), ("nothing", False)])
def test_a_branch_of_the_guarding_files_that_no_test_takes_is_a_failure(
    installed: Path, failing: str, told: bool
) -> None:
    """Only when all tests ran: a chosen few cannot take every branch."""
    python = installed / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\n[ "$3" != {failing} ]\n', encoding="utf-8")

    done = setup(installed, "test")

    assert done.returncode == (failing != "nothing")
    assert ("100 % branch coverage" in done.stderr) is told


def test_a_run_that_hangs_is_stopped_told_and_measured(installed: Path, tmp_path: Path) -> None:
    """pytest takes an interrupt as it takes Ctrl-C: what ran until then is told, and counted."""
    impatient = tmp_path / "impatient"
    impatient.mkdir()
    patience = Path(shutil.which("timeout") or "")
    tool(impatient / "timeout")
    (impatient / "timeout").write_text(f'#!/bin/bash\nset -- "${{@/#[0-9]*m/1s}}"\nexec {patience} "$@"\n', "utf-8")
    python = installed / ".venv" / "bin" / "python"
    hangs = "import signal, sys\nsys.argv[2] == 'run' and signal.pause()\nprint(*sys.argv[2:3])\n"
    (tmp_path / "hangs.py").write_text(hangs, encoding="utf-8")
    hanging = shlex.join([sys.executable, str(tmp_path / "hangs.py")])
    python.write_text(f'#!/bin/sh\n[ "$2" != compileall ] && exec {hanging} "$2" "$3"\n', encoding="utf-8")
    done = setup(installed, "test", environment={**os.environ, "PATH": f"{impatient}:{os.environ['PATH']}"})

    assert done.returncode == 124
    assert "KeyboardInterrupt" in done.stderr
    assert "分钟内没有结束" in done.stderr
    assert done.stdout.splitlines()[-1] == "report"


def test_a_failed_check_is_named_and_ends_before_the_tests(installed: Path) -> None:
    tool(installed / ".venv" / "bin" / "mypy", status=1)

    done = setup(installed, "test")

    assert done.returncode == 1
    assert "检查未通过" in done.stderr
    assert done.stdout.splitlines()[-1] == "lint-imports"


def test_the_scripts_are_clean_shell() -> None:
    scripts = [str(path) for path in (*(ROOT / "installer").glob("*.sh"), ROOT / ".ci" / "run")]
    for script in scripts:
        subprocess.run(["bash", "-n", script], check=True)
    if shutil.which("shellcheck"):
        subprocess.run(["shellcheck", "--external-sources", "--source-path", str(ROOT), *scripts], check=True)
