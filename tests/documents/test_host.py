"""The document host as a real child process: it answers, and when it cannot, that is one clear error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hebca_helper.children import child_command
from hebca_helper.documents.client import check_document
from hebca_helper.errors import Code, HelperError
from tests.documents import ofd_maker as make
from tests.pki import certificate_maker as maker
from tests.seals import seal_maker
from tests.seals.seal_maker import NOW

SAMPLES = Path(__file__).parents[1] / "data" / "seals"


def test_it_answers_with_trust_and_lists() -> None:
    root = seal_maker.authority()
    document = make.package(make.signed())
    report = check_document(document, [root.der], [], NOW)
    assert (report.kind, report.verdict, report.trust) == ("ofd", "valid", "trusted")
    crl = root.crl([(4, seal_maker.MADE, None)])
    (signature,) = check_document(document, [root.der], [crl], NOW).signatures
    assert (signature.certificate_at_signing, signature.verdict) == ("revoked", "invalid")


def test_a_host_that_takes_too_long_is_ended() -> None:
    with pytest.raises(HelperError) as raised:
        check_document(b"", [], [], NOW, time_limit=0.001)
    assert raised.value.code is Code.DOCUMENT_HOST_FAILED


def test_a_host_that_fails_is_one_clear_error() -> None:
    with pytest.raises(HelperError) as raised:
        check_document(b"", [b"no certificate"], [], NOW)
    assert raised.value.code is Code.DOCUMENT_HOST_FAILED


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
def test_memory_processor_and_files_are_limited() -> None:
    program = (
        "from hebca_helper.documents import host\n"
        "import json, resource as r\n"
        "host.limit()\n"
        "names = ('RLIMIT_AS', 'RLIMIT_CPU', 'RLIMIT_CORE', 'RLIMIT_FSIZE')\n"
        "print(json.dumps([r.getrlimit(getattr(r, name)) for name in names]))\n"
        "bytes(host.MEMORY)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    limits = json.loads(done.stdout)
    assert all(soft == hard >= 0 for soft, hard in limits)
    assert limits[2:] == [[0, 0], [0, 0]]
    assert "MemoryError" in done.stderr


def test_the_host_imports_nothing_of_tokens_desktop_or_web() -> None:
    program = (
        "import sys; import hebca_helper.documents.host\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('pkcs11', 'PySide6', 'starlette', 'requests')"
        " or name.startswith(('hebca_helper.tokens', 'hebca_helper.assistant', 'hebca_helper.app'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_child_is_this_program() -> None:
    document = (SAMPLES / "ofdrw-UserV4.esl").read_bytes()
    job = {"work": "check", "now": NOW.isoformat(), "parts": [len(document)], "trusted": [], "crls": []}
    message = json.dumps(job).encode() + b"\n" + document
    done = subprocess.run(child_command("document-host"), input=message, capture_output=True, check=True)
    row = json.loads(done.stdout)
    assert (row["verdict"], row["trust"], row["seal"]["period"]) == ("invalid", "unknown", "expired")
    assert maker.COMPANY not in done.stderr.decode()
