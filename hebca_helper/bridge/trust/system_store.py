"""The system's store of CA certificates, as Debian keeps it: update-ca-certificates(8). For curl, Java and others;
browsers on Linux have their own."""

from __future__ import annotations

import os
from pathlib import Path

from hebca_helper.bridge.trust import tools
from hebca_helper.bridge.trust.authority import Authority
from hebca_helper.errors import Code, HelperError

REAL_ROOT = Path("/")
_LOCAL, _COLLECTED, _HOOKS, _SHIPPED = (
    "usr/local/share/ca-certificates",
    "etc/ssl/certs",
    "etc/ca-certificates/update.d",
    "usr/share/ca-certificates",
)


class SystemStore:
    """`root` is `/`, or a folder that stands for it. Only root can write here: ROOT_NEEDED."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._tool = tools.find("update-ca-certificates", "ca-certificates")

    def has(self, authority: Authority) -> bool:
        try:
            return self._file(authority).read_text("ascii") == authority.pem
        except (OSError, UnicodeDecodeError):
            return False

    def install(self, authority: Authority) -> None:
        self._require_root()
        file = self._file(authority)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(authority.pem, "ascii")
        file.chmod(0o644)
        self._update()

    def remove(self, authority: Authority) -> None:
        file = self._file(authority)
        if file.exists():
            self._require_root()
            file.unlink()
            self._update("--fresh")  # without it, links to the removed file stay

    def _file(self, authority: Authority) -> Path:
        """The store takes only names that end in .crt."""
        return self._root / _LOCAL / f"hebca-helper-{authority.fingerprint[:16]}.crt"

    def _update(self, *how: str) -> None:
        if self._root == REAL_ROOT:
            tools.do([self._tool, *how])
            return
        folders = {"--localcertsdir": _LOCAL, "--etccertsdir": _COLLECTED, "--hooksdir": _HOOKS, "--certsdir": _SHIPPED}
        for folder in folders.values():
            (self._root / folder).mkdir(parents=True, exist_ok=True)
        options = [part for option, folder in folders.items() for part in (option, str(self._root / folder))]
        tools.do([self._tool, *how, *options])

    def _require_root(self) -> None:
        if not writes_as_root(self._root):
            raise HelperError(Code.ROOT_NEEDED, str(self._root / _LOCAL))


def writes_as_root(root: Path) -> bool:
    """Whether we may write into the system; a folder that only stands for it is ours."""
    return root != REAL_ROOT or not hasattr(os, "geteuid") or os.geteuid() == 0
