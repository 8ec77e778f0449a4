"""What websockets imports and never uses is not loaded with it, and is there all the same when somebody wants it."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from hebca_helper.bridge.postponed import postpone
postpone("importlib.metadata")
import websockets.asyncio.server
assert "email.message" not in sys.modules, "the real module was loaded"
from importlib.metadata import PackageNotFoundError, version
print(version("websockets") == websockets.__version__)
import importlib.metadata
print(importlib.metadata is sys.modules["importlib.metadata"], importlib.metadata.__file__ is not None)
postpone("importlib.metadata")
print(importlib.metadata is sys.modules["importlib.metadata"])
try:
    importlib.metadata.nothing
except AttributeError as told:
    print(told)
"""


def test_a_postponed_module_loads_at_its_first_use() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    told = done.stdout.splitlines()
    assert told[:3] == ["True", "True True", "True"]
    assert "nothing" in told[3]
