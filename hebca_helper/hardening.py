"""What a process of ours does to itself, before anything else, so that others get nothing out of it.

`harden` is for each process, since each may hold a PIN. Python cannot overwrite a text: a PIN that was typed stays in
freed memory until something else is put there. So that memory is kept from everybody: no core dump holds it, and no
program of the same user opens it. `confine` is for the hosts that parse what came from outside, and works on Linux on
the machines in `_MACHINES`; elsewhere their limits (`documents.host`) are all there is.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 4, 22, 38
"""prctl(2) options, linux/prctl.h."""
SECCOMP_MODE_FILTER = 2
_KEPT = frozenset({
    "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH",
    "PYTHONUSERBASE", "PYTHONUTF8", "PYTHONWARNINGS", "SYSTEMROOT", "TZ", "WINDIR",
})  # fmt: skip
"""What Python needs to start and to find this program, and in what language and time zone."""

# Loads, jumps and ends of a filter program (linux/bpf_common.h, linux/seccomp.h)
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _END = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL, _FAIL, _ALLOW = 0x8000_0000, 0x0005_0000, 0x7FFF_0000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Where struct seccomp_data has them; an argument takes eight octets, the lower four first."""
_EPERM, _ENOSYS = 1, 38
_CLONE_THREAD = 0x0001_0000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_X32 = 0x4000_0000
"""Set in the numbers of x86-64's other calling convention, which must not lead around the table."""

_REFUSED = {
    # the network, and other programs' sockets
    "socket": (41, 198), "socketpair": (53, 199), "io_uring_setup": (425, 425),
    # other programs
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None), "kill": (62, 129),
    "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    # parts of the kernel that no document needs
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40),
    # files, beside what opens one
    "creat": (85, None), "truncate": (76, 45), "unlink": (87, None), "unlinkat": (263, 35), "rename": (82, None),
    "renameat": (264, 38), "renameat2": (316, 276), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None),
    "link": (86, None), "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36), "mknod": (133, None),
    "mknodat": (259, 33), "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "lchown": (94, None), "fchown": (93, 55), "fchownat": (260, 54),
}  # fmt: skip
"""System calls that fail with EPERM: numbers on x86-64 and on aarch64 (asm/unistd_64.h, asm-generic/unistd.h)."""


@dataclass(frozen=True, slots=True)
class Machine:
    """`architecture` as linux/audit.h names it; `column` of the table of refused calls; numbers of calls whose arguments
    decide. clone3 and openat2 hide theirs in memory: "no such call" lets the C library take the older one."""

    architecture: int
    column: int
    clone: int
    openat: int
    open: int | None
    hidden: tuple[int, int] = (435, 437)


_MACHINES = {
    "x86_64": Machine(0xC000_003E, 0, clone=56, openat=257, open=2),
    "aarch64": Machine(0xC000_00B7, 1, clone=220, openat=56, open=None),
}


def harden() -> None:
    """No core dumps (they would hold PINs), and on Linux no other program of the same user reads this one's memory."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    process_control(PR_SET_DUMPABLE, 0)


def stay_open() -> None:
    """Let others of this user look in until the next `harden`: for a process that holds no secret yet."""
    process_control(PR_SET_DUMPABLE, 1)


def confine() -> bool:
    """From now on: no sockets, no other programs, no change to any file, for good. False where the system has no such wall.

    To be called while there is one thread.
    """
    machine = _MACHINES.get(os.uname().machine) if sys.platform == "linux" else None
    if machine is None:
        return False
    import ctypes

    program = b"".join(_filter(machine))
    instructions = ctypes.create_string_buffer(program, len(program))
    described = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions)))
    return process_control(PR_SET_NO_NEW_PRIVS, 1) and process_control(
        PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(described)
    )


def process_control(option: int, *values: int) -> bool:
    """prctl(2); False where it fails, and on other systems than Linux."""
    if sys.platform != "linux":
        return False
    import ctypes

    words = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    return bool(ctypes.CDLL(None).prctl(option, *words) == 0)


def bare_environment(whole: Mapping[str, str]) -> dict[str, str]:
    """What a host for documents gets of an environment that may hold tokens, proxies with passwords and the session bus."""
    return {name: value for name, value in whole.items() if name.upper() in _KEPT}


def _filter(machine: Machine) -> Iterator[bytes]:
    """The program that the kernel runs at each system call: it ends with what becomes of the call."""
    yield from _load(_ARCHITECTURE)
    yield from _unless(_IF_EQUAL, machine.architecture, _KILL)
    yield from _load(_NUMBER)
    yield from _where(_IF_AT_LEAST, _X32, _FAIL | _EPERM)
    for numbers in _REFUSED.values():
        number = numbers[machine.column]
        if number is not None:
            yield from _where(_IF_EQUAL, number, _FAIL | _EPERM)
    for number in machine.hidden:
        yield from _where(_IF_EQUAL, number, _FAIL | _ENOSYS)
    yield from _judge(machine.clone, 0, _unless(_IF_ANY_BIT, _CLONE_THREAD, _FAIL | _EPERM))
    yield from _judge(machine.openat, 2, _where(_IF_ANY_BIT, _WRITING, _FAIL | _EPERM))
    if machine.open is not None:
        yield from _judge(machine.open, 1, _where(_IF_ANY_BIT, _WRITING, _FAIL | _EPERM))
    yield _instruction(_END, value=_ALLOW)


def _judge(number: int, argument: int, rule: Iterator[bytes]) -> Iterator[bytes]:
    """For one call, a rule on one of its arguments; what the rule lets through is allowed."""
    steps = [*_load(_ARGUMENTS + 8 * argument), *rule, _instruction(_END, value=_ALLOW)]
    yield _instruction(_IF_EQUAL, otherwise=len(steps), value=number)
    yield from steps


def _where(test: int, value: int, end: int) -> Iterator[bytes]:
    yield _instruction(test, otherwise=1, value=value)
    yield _instruction(_END, value=end)


def _unless(test: int, value: int, end: int) -> Iterator[bytes]:
    yield _instruction(test, then=1, value=value)
    yield _instruction(_END, value=end)


def _load(offset: int) -> Iterator[bytes]:
    yield _instruction(_LOAD, value=offset)


def _instruction(code: int, then: int = 0, otherwise: int = 0, value: int = 0) -> bytes:
    """struct sock_filter; `then` and `otherwise` skip so many instructions."""
    return struct.pack("=HBBI", code, then, otherwise, value)
