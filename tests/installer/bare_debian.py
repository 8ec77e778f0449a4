"""A freshly installed Debian in a folder, for what must work anywhere; made by debootstrap(8), which needs root and a mirror.

Each command there has mounts, processes and (if told so) a network of its own, which are gone when it ends: whatever
happens, nothing of this computer is mounted below the folder, and nothing that was started goes on.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NEEDED = ("apt-get", "debootstrap", "unshare", "chroot", "ip")
NO_PART_OF_A_CHECKOUT = (".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", ".coverage*", "build", "dist")
CERTIFICATES = Path("/usr/local/share/ca-certificates")
ENTER = """
set -e
mount --rbind /dev "$1/dev" && mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
mount -t proc proc "$1/proc" && mount --rbind -o ro /sys "$1/sys" && mount -t tmpfs tmpfs "$1/run"
[ "$2" = there ] || ip link set lo up
root="$1" && shift 2 && exec chroot "$root" "$@"
"""


@dataclass(frozen=True)
class Login:
    """Who works there, and where: folders that programs trip over."""

    name: str
    home: str
    checkout: str
    path: str  # as login(1) sets it


ROOT_LOGIN = Login(
    "root", "/root", "/root/hebca-helper", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
)
CLERK = Login(
    "clerk", "/home/clerk", "/home/clerk/证书 助手", "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
)
LOGINS = {login.name: login for login in (ROOT_LOGIN, CLERK)}


def sources_of(release: str) -> list[tuple[str, str]]:
    """Mirror and suite of each of this Debian's own package lists, for another release of it; none elsewhere."""
    words = ["$(REPO_URI)", "$(RELEASE)", "$(ORIGIN)", "$(COMPONENT)", "Created-By: Packages"]
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", " ".join(words[:4]), words[4]], capture_output=True, text=True
    ).stdout
    lists = {tuple(line.split()) for line in told.splitlines()}
    ours = {(row[0], row[1]) for row in lists if row[2:] == ("Debian", "main")}
    here = min((suite for _, suite in ours), key=len, default="")
    return sorted((uri, suite.replace(here, release, 1)) for uri, suite in ours)


def why_not(release: str) -> str | None:
    """What is missing here to make one, or None."""
    missing = [name for name in NEEDED if shutil.which(name, path=ROOT_LOGIN.path) is None]
    if missing:
        return f"not here: {' '.join(missing)}"
    if os.geteuid() != 0:
        return "only root can install a Debian"
    if release not in {suite for _, suite in sources_of(release)}:
        return "no mirror of Debian is known here"
    allowed = subprocess.run(["unshare", "--mount", "--pid", "--net", "--fork", "true"], capture_output=True)
    return None if allowed.returncode == 0 else "no namespaces here"


@dataclass(frozen=True)
class BareDebian:
    folder: Path

    @classmethod
    def make(cls, release: str, folder: Path) -> BareDebian:
        """Minimal, with sudo and a clerk who may use it; from this computer's mirrors, and trusting whom it trusts."""
        sources = sources_of(release)
        mirror = next(uri for uri, suite in sources if suite == release)
        command = ["debootstrap", "--variant=minbase", "--include=ca-certificates,sudo", release, str(folder), mirror]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        made = cls(folder)
        lines = [f"deb {uri} {suite} main\n" for uri, suite in sources]
        (folder / "etc/apt/sources.list").write_text("".join(lines))
        shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")
        (folder / "etc/hosts").write_text(f"127.0.0.1 localhost {socket.gethostname()}\n::1 localhost\n")
        if CERTIFICATES.is_dir():
            shutil.copytree(CERTIFICATES, folder / CERTIFICATES.relative_to("/"), dirs_exist_ok=True)
        (folder / "etc/sudoers.d/clerk").write_text("clerk ALL=(ALL) NOPASSWD: ALL\n")
        made.run(ROOT_LOGIN, "update-ca-certificates").check_returncode()
        made.run(ROOT_LOGIN, "useradd", "--create-home", "--shell", "/bin/bash", CLERK.name).check_returncode()
        return made

    def check_out(self, source: Path, login: Login) -> None:
        """A copy of these sources, as they are now, for one who works there."""
        inside = self.folder / login.checkout.lstrip("/")
        shutil.copytree(source, inside, symlinks=True, ignore=shutil.ignore_patterns(*NO_PART_OF_A_CHECKOUT))
        self.run(ROOT_LOGIN, "chown", "-R", f"{login.name}:", login.checkout).check_returncode()

    def run(
        self, login: Login, *command: str, network: bool = True, more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """As after a login on a text console; `more` goes into the environment. Both outputs are one."""
        enter = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *([] if network else ["--net"])]
        enter += ["sh", "-c", ENTER, "sh", str(self.folder), "there" if network else "none"]
        become = ["setpriv", f"--reuid={login.name}", f"--regid={login.name}", "--init-groups"]
        words = {"HOME": login.home, "USER": login.name, "LOGNAME": login.name, "PATH": login.path, "LANG": "C.UTF-8"}
        environment = {**_of_this_network(), **words, **(more or {})}
        place = login.checkout if (self.folder / login.checkout.lstrip("/")).is_dir() else "/"
        inside = ["env", "--ignore-environment", f"--chdir={place}"]
        inside += [*(f"{name}={value}" for name, value in environment.items()), *become, *command]
        outside = {**os.environ, "PATH": ROOT_LOGIN.path}
        return subprocess.run(
            [*enter, *inside],
            env=outside,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )

    def remove(self) -> None:
        """Never where something of this computer could still be mounted below it."""
        mounted = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
        assert not [place for place in mounted if Path(place).is_relative_to(self.folder)], self.folder
        shutil.rmtree(self.folder)


def _of_this_network() -> dict[str, str]:
    """What pip and apt need to know to get out of here."""
    wanted = {"PIP_CERT", "PIP_INDEX_URL", "PIP_DEFAULT_TIMEOUT"}
    return {name: value for name, value in os.environ.items() if name in wanted or name.lower().endswith("_proxy")}
