"""What other programs of the same user get out of our processes: nothing. And what our hosts for documents can do: nothing else."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from hebca_helper import hardening
from hebca_helper.children import child_command, write_message
from hebca_helper.documents.client import check_document
from hebca_helper.documents.pdf.client import PdfHost
from hebca_helper.practice.usbkey import PRACTICE_PIN
from tests.benchmarks.windows import RUN, shown
from tests.displays import VirtualDisplay
from tests.practice_homes import put_practice_usbkey
from tests.running import ask, page_of
from tests.security.conftest import PORTAL, Guarded, guarded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
SEAL = Path(__file__).parents[1] / "data" / "seals" / "ofdrw-UserV4.esl"
WALLS = hardening._MACHINES.get(os.uname().machine)
PIN = "Qz7!kTv93xPw"
POWERS = "-sys_ptrace,-sys_admin,-perfmon"
USUAL = ["setpriv", f"--bounding-set={POWERS}", f"--inh-caps={POWERS}"] if os.geteuid() == 0 else []
"""Makes root's programs like anybody's: without the power to look into every process."""
EVIL = """
import json, os, pathlib, socket

folder = pathlib.Path({folder!r})
(folder / "environment").write_text(chr(10).join(os.environ))
answer = json.dumps

def attempt(work, *arguments):
    try:
        work(*arguments)
    except OSError:
        pass

def evil(*arguments, **options):
    attempt(lambda: socket.create_connection(("127.0.0.1", {port})))
    attempt(lambda: socket.socket(socket.AF_UNIX).connect(str(folder / "door")))
    attempt(os.posix_spawnp, "touch", ["touch", str(folder / "started")], os.environ)
    attempt((folder / "written").write_text, "x")
    attempt((folder / "victim").rename, folder / "gone")
    attempt(os.kill, {sleeper}, 9)
    attempt(os.wait)
    return answer(*arguments, **options)

json.dumps = evil
"""
"""Foreign code that has taken over a host, and acts when the host writes its answer."""


LOOKING = """
import ctypes, sys
from pathlib import Path
from hebca_helper import hardening
from hebca_helper.checks import libraries
from hebca_helper.desktop import application, main
from hebca_helper.settings import Settings

class Desktop:
    def __init__(self, *_):
        print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
    def run(self, **_):
        return 0

hardening.harden()
application.Desktop = Desktop
libraries.problem = lambda: None
main.run_desktop(Path(sys.argv[1]), lambda: None, Settings(theme=sys.argv[2]))
"""
"""Prints PR_GET_DUMPABLE (prctl(2)) of the window's process when Qt is to start."""


def can_read(pid: int, name: str) -> bool:
    """Whether another program of this user may read /proc/PID/`name`."""
    command = [*USUAL, "head", "-c", "1", f"/proc/{pid}/{name}"]
    return bool(subprocess.run(command, capture_output=True, check=False).stdout)


def is_closed(pid: int) -> bool:
    """No core dump, and its memory is nobody's."""
    limits = Path(f"/proc/{pid}/limits").read_text("ascii")
    (core,) = [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core file size")]
    return core == ["0", "0"] and not can_read(pid, "maps") and not can_read(pid, "environ")


def holds(pid: int, octets: bytes) -> bool:
    """Whether they are anywhere in the memory of the process."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            start, end = (int(each, 16) for each in line.split()[0].split("-"))
            if "r" not in line.split()[1] or line.endswith(("[vvar]", "[vvar_vclock]", "[vsyscall]")):
                continue
            with suppress(OSError):  # of a device
                memory.seek(start)
                if octets in (memory.read(end - start) or b""):
                    return True
    return False


@pytest.fixture(autouse=True)
def tools() -> None:
    if USUAL and shutil.which("setpriv") is None:
        pytest.skip("root cannot give up its powers without setpriv")


@pytest.fixture
def cores_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This test's children may dump core as large as the system lets them, into its own folder."""
    monkeypatch.chdir(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_CORE)
    most = resource.RLIM_INFINITY if os.geteuid() == 0 else before[1]
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    except ValueError:
        pytest.skip("the system lets no process of this run dump core, whatever it does itself")
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


def test_any_other_program_of_the_user_can_be_looked_into() -> None:
    """So that the tests below say something."""
    with subprocess.Popen([*USUAL, "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as idle:
        assert idle.stdin is not None and idle.stdout is not None
        idle.stdin.write(b".")
        idle.stdin.flush()
        idle.stdout.read(1)  # it has become what it is
        seen = can_read(idle.pid, "maps"), can_read(idle.pid, "environ")
        idle.stdin.close()
    assert seen == (True, True)


@pytest.fixture
def usual(home: Path) -> Iterator[Guarded]:
    """A service that holds no more power than its user."""
    with guarded(put_practice_usbkey(home), through=USUAL) as service:
        yield service


def test_service_and_token_host_are_closed_once_they_hold_a_pin(usual: Guarded) -> None:
    with page_of(PORTAL, usual.service) as page:
        ask(page, "SelectSignCert")
        assert ask(page, "UILogin")["ret"] == 0
        family = [usual.process, *usual.process.children(recursive=True)]
        assert [each.pid for each in family if not is_closed(each.pid)] == []
        assert len(family) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may read the memory of a closed process")
def test_the_pin_of_a_page_is_in_no_memory_once_it_was_used(home: Path) -> None:
    put_practice_usbkey(home)
    change = [sys.executable, "-m", "hebca_helper", "change-pin"]
    subprocess.run(change, input=f"{PRACTICE_PIN}\n{PIN}\n{PIN}\n", text=True, capture_output=True, check=True)
    with guarded(home) as service, page_of(PORTAL, service.service) as page:
        ask(page, "SelectSignCert")
        assert ask(page, "Login", json.dumps({"pin": PIN}))["ret"] == 0
        assert ask(page, "SignText", json.dumps({"signText": "abcdefghijklmnop"}))["ret"] == 0
        family = [service.process, *service.process.children(recursive=True)]
        assert [each.pid for each in family if holds(each.pid, PIN.encode())] == []
        assert holds(service.process.pid, b"hebca_helper")


def test_our_port_is_recognised_though_the_program_shows_nothing(usual: Guarded) -> None:
    """By diagnosis in another process, and by a second start."""
    program = f"""
from hebca_helper.bridge.listening import port_taken
from hebca_helper.checks.machine import ThisMachine
print(ThisMachine().listener({usual.port}).ours, port_taken({usual.port}).detail)
"""
    asked = subprocess.run([*USUAL, sys.executable, "-c", program], capture_output=True, text=True, check=True)
    ours, told = asked.stdout.split(maxsplit=1)
    assert ours == "True"
    assert "另一个证书助手" in told


def test_a_command_that_waits_for_the_pin_is_closed(home: Path) -> None:
    command = [*USUAL, sys.executable, "-m", "hebca_helper", "sign", "--text", "甲"]
    put_practice_usbkey(home)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stderr is not None
        process.stderr.read(1)  # the question
        closed = is_closed(process.pid)
        process.kill()
    assert closed


@pytest.mark.desktop
def test_the_window_and_all_its_children_are_closed(home: Path) -> None:
    with VirtualDisplay() as display:
        environment = {**display.environment(), "HEBCA_HELPER_HOME": str(home)}
        with shown((*USUAL, *RUN), environment, "window", "closed") as window:
            main = psutil.Process(window.process.pid)
            assert is_closed(main.pid)
            assert all(is_closed(child.pid) for child in main.children(recursive=True))


@pytest.mark.parametrize(("theme", "open_at_first"), [("system", "1"), ("light", "0")])
def test_the_window_is_open_at_first_only_where_the_desktop_has_to_tell_its_look(
    home: Path, theme: str, open_at_first: str
) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", LOOKING, str(home), theme], capture_output=True, text=True, check=True
    )
    assert asked.stdout.strip() == open_at_first


def test_a_host_for_documents_is_closed() -> None:
    command = [*USUAL, *child_command("pdf-host")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as host:
        assert host.stdin is not None and host.stdout is not None
        write_message(host.stdin, {"work": "warm"})  # type: ignore[arg-type]
        host.stdout.readline()
        closed = is_closed(host.pid)
        host.stdin.close()
    assert closed


def test_a_service_that_is_struck_down_leaves_no_core(cores_wanted: None, usual: Guarded) -> None:
    with page_of(PORTAL, usual.service) as page:
        ask(page, "SelectSignCert")
        assert ask(page, "UILogin")["ret"] == 0
        usual.process.send_signal(signal.SIGABRT)
        end = os.waitid(os.P_PID, usual.process.pid, os.WEXITED | os.WNOWAIT)
    assert end is not None
    assert (end.si_status, end.si_code) == (signal.SIGABRT, os.CLD_KILLED)  # not CLD_DUMPED


@dataclass
class Surroundings:
    """What a host could do damage to, were it let."""

    folder: Path
    network: socket.socket
    door: socket.socket
    sleeper: subprocess.Popen[bytes]

    def harm(self) -> set[str]:
        """What was done."""
        done = {name for name in ("started", "written", "gone") if (self.folder / name).exists()}
        done |= {name for name, listener in (("network", self.network), ("door", self.door)) if _called(listener)}
        try:
            self.sleeper.wait(0)
        except subprocess.TimeoutExpired:
            return done
        return {*done, "killed"}

    def environment(self) -> set[str]:
        """Names that the process had which the foreign code came into."""
        return set((self.folder / "environment").read_text().split())


def _called(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.fixture
def around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Surroundings]:
    """Every Python that is started here runs EVIL; its variables hold a secret."""
    (tmp_path / "victim").write_text("kept")
    with (
        socket.create_server(("127.0.0.1", 0)) as network,
        socket.socket(socket.AF_UNIX) as door,
        subprocess.Popen(["sleep", "600"]) as sleeper,
    ):
        door.bind(str(tmp_path / "door"))
        door.listen()
        for listener in (network, door):
            listener.setblocking(False)
        evil = EVIL.format(folder=str(tmp_path), port=network.getsockname()[1], sleeper=sleeper.pid)
        (tmp_path / "sitecustomize.py").write_text(evil)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *os.environ.get("PYTHONPATH", "").split()]))
        monkeypatch.setenv("ACCESS_TOKEN", "secret")
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
        yield Surroundings(tmp_path, network, door, sleeper)
        sleeper.kill()


def test_foreign_code_without_walls_does_all_of_this(around: Surroundings) -> None:
    subprocess.run([sys.executable, "-c", "import json; json.dumps(1)"], check=True)
    assert around.harm() == {"network", "door", "started", "written", "gone", "killed"}
    assert "ACCESS_TOKEN" in around.environment()


@pytest.mark.skipif(WALLS is None, reason="no table of system calls for this machine")
def test_foreign_code_in_the_host_for_documents_does_nothing_and_the_answer_comes(around: Surroundings) -> None:
    seal = check_document(SEAL.read_bytes(), [], [], datetime.now(UTC)).seal
    assert seal is not None and seal.signature == "valid"
    assert around.harm() == set()
    assert around.environment() <= hardening._KEPT


@pytest.mark.skipif(WALLS is None, reason="no table of system calls for this machine")
def test_foreign_code_in_the_host_for_pdfs_does_nothing(around: Surroundings) -> None:
    with PdfHost() as host:
        host.warm()
    assert around.harm() == set()
    assert around.environment() <= hardening._KEPT


@pytest.mark.parametrize(
    ("header", "column"),
    [("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", 0), ("/usr/include/asm-generic/unistd.h", 1)],
)
def test_the_table_has_the_numbers_of_the_kernel_s_headers(header: str, column: int) -> None:
    path = Path(header)
    if not path.exists():
        pytest.skip(f"no {header}")
    told = {name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", path.read_text())}
    ours = {name: numbers[column] for name, numbers in hardening._REFUSED.items()}
    machine = next(each for each in hardening._MACHINES.values() if each.column == column)
    ours |= {"clone": machine.clone, "openat": machine.openat, "open": machine.open}
    ours |= dict(zip(("clone3", "openat2"), machine.hidden, strict=True))
    newer = {"fchmodat2"} - told.keys()  # than the headers
    assert {name: told.get(name) for name in ours if name not in newer} == {
        name: number for name, number in ours.items() if name not in newer
    }
