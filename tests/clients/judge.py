"""openssl's word on what a page got."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path


class OpenSsl:
    """Works in its own folder; every method takes and gives what stands on the wire."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()

    def stranger(self) -> str:
        """A certificate whose key is here and on no USBKEY."""
        key, made = self._path("stranger.key"), self._path("stranger.cer")
        self._run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", made, "-outform", "DER",
                  "-subj", "/CN=stranger", "-days", "30")  # fmt: skip
        return base64.b64encode(Path(made).read_bytes()).decode()

    def verifies(self, certificate: str, data: bytes, signature: str, digest: str = "sha1") -> bool:
        key = self._put("signer.pem", self._public_key(certificate))
        signed = self._put("signature", base64.b64decode(signature))
        return self._ask("dgst", f"-{digest}", "-verify", key, "-signature", signed, self._put("data", data))

    def content_of_signed(self, message: str) -> bytes:
        """Fails unless signature and digest are right."""
        arguments = ("cms", "-verify", "-noverify", "-inform", "DER", "-in", self._put("signed", _bytes(message)))
        return self._run(*arguments, "-binary")

    def signed(self, data: bytes) -> str:
        """SignedData of the stranger's, content inside."""
        return _text(self._run("cms", "-sign", "-nodetach", "-binary", "-outform", "DER", *self._stranger_signs(),
                               "-in", self._put("data", data)))  # fmt: skip

    def content_of_envelope(self, message: str) -> bytes:
        """Opened with the stranger's key."""
        return self._run("cms", "-decrypt", "-inform", "DER", "-inkey", self._path("stranger.key"),
                         "-recip", self._path("stranger.cer"), "-in", self._put("sealed", _bytes(message)), "-binary")  # fmt: skip

    def envelope(self, certificate: str, data: bytes, cipher: str) -> str:
        recipient = self._put("recipient.pem", self._pem(certificate))
        return _text(self._run("cms", "-encrypt", f"-{cipher}", "-binary", "-outform", "DER",
                               "-in", self._put("data", data), recipient))  # fmt: skip

    def encrypted(self, certificate: str, data: bytes) -> str:
        key = self._put("recipient-key.pem", self._public_key(certificate))
        return _text(self._run("pkeyutl", "-encrypt", "-pubin", "-inkey", key, "-in", self._put("data", data)))

    def key_of_request(self, request: str) -> bytes:
        """DER SubjectPublicKeyInfo. Fails unless the request's own signature is right."""
        path = self._put("request", _bytes(request))
        pem = self._run("req", "-inform", "DER", "-in", path, "-verify", "-noout", "-pubkey")
        return self._run("pkey", "-pubin", "-outform", "DER", "-in", self._put("request-key.pem", pem))

    def subject_of_request(self, request: str) -> str:
        path = self._put("request", _bytes(request))
        return self._run("req", "-inform", "DER", "-in", path, "-noout", "-subject", "-nameopt", "utf8").decode()

    def _stranger_signs(self) -> tuple[str, ...]:
        certificate = self._put("stranger.pem", self._pem(_text(Path(self._path("stranger.cer")).read_bytes())))
        return "-signer", certificate, "-inkey", self._path("stranger.key")

    def _pem(self, certificate: str) -> bytes:
        return self._run("x509", "-inform", "DER", "-in", self._put("certificate.cer", _bytes(certificate)))

    def _public_key(self, certificate: str) -> bytes:
        path = self._put("certificate.cer", _bytes(certificate))
        return self._run("x509", "-inform", "DER", "-in", path, "-noout", "-pubkey")

    def _path(self, name: str) -> str:
        return str(self._folder / name)

    def _put(self, name: str, content: bytes) -> str:
        (self._folder / name).write_bytes(content)
        return self._path(name)

    def _run(self, *arguments: str) -> bytes:
        done = subprocess.run(["openssl", *arguments], check=False, capture_output=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _ask(self, *arguments: str) -> bool:
        return subprocess.run(["openssl", *arguments], check=False, capture_output=True).returncode == 0


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
