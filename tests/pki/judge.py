"""The openssl command as judge of chains and lists."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from asn1crypto import pem


def accepts(
    folder: Path, certificate: bytes, trusted: Sequence[bytes], crls: Sequence[bytes], at: datetime, *options: str
) -> bool:
    """Whether `openssl verify` accepts, checking the certificate's own CRL when `crls` are given."""
    (folder / "leaf.pem").write_bytes(pem.armor("CERTIFICATE", certificate))
    (folder / "trusted.pem").write_bytes(b"".join(pem.armor("CERTIFICATE", ca) for ca in trusted))
    command = ["openssl", "verify", "-attime", str(int(at.timestamp())), "-trusted", "trusted.pem", *options]
    if crls:
        (folder / "crl.pem").write_bytes(b"".join(pem.armor("X509 CRL", crl) for crl in crls))
        command += ["-crl_check", "-CRLfile", "crl.pem"]
    return subprocess.run([*command, "leaf.pem"], cwd=folder, capture_output=True).returncode == 0
