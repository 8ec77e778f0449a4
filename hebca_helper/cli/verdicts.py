"""What `cms verify` says of each signer: to people a paragraph, to scripts JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.cli.files import reading
from hebca_helper.errors import HelperError
from hebca_helper.pki import chains
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms.verification import SignerReport
from hebca_helper.pki.moments import beijing_text
from hebca_helper.pki.revocation import LARGEST_CRL, Crl
from hebca_helper.texts import tr


@dataclass(frozen=True, slots=True)
class Verdict:
    """`trust` is what is wrong with the certificate, None when nothing is, or when it was not asked (`trust_checked`)."""

    signer: SignerReport
    trust_checked: bool
    trust: HelperError | None

    @property
    def problem(self) -> HelperError | None:
        return self.signer.problem or self.trust


def judged(signers: Sequence[SignerReport], trusted: Sequence[Certificate], crl_paths: Sequence[str]) -> list[Verdict]:
    """Chains are judged now, not at the time a signer claims; revocation only where lists are given."""
    crls, now = [_list(path) for path in crl_paths], Clock().now()
    verdicts = []
    for signer in signers:
        trust = None
        if trusted and signer.certificate:
            trust = chains.check(signer.certificate, trusted, crls, now, require_crl=bool(crls)).problem
        verdicts.append(Verdict(signer, bool(trusted), trust))
    return verdicts


def tell_verdicts(verdicts: Sequence[Verdict], as_json: bool) -> None:
    """All of them on standard output, then the first problem as HelperError."""
    if as_json:
        print(json.dumps([_row(verdict) for verdict in verdicts], ensure_ascii=False))
    else:
        print("\n".join(_text(verdict) for verdict in verdicts))
    problem = next((verdict.problem for verdict in verdicts if verdict.problem), None)
    if problem:
        raise problem


def _row(verdict: Verdict) -> dict[str, object]:
    signer, certificate = verdict.signer, verdict.signer.certificate
    return {
        "valid": signer.problem is None,
        "problem": signer.problem.code if signer.problem else None,
        "trust": (verdict.trust.code if verdict.trust else "trusted") if verdict.trust_checked else None,
        "holder": certificate.holder if certificate else None,
        "issuer": certificate.issuer_name if certificate else None,
        "serial": certificate.serial_hex if certificate else None,
        "signing_time": signer.signing_time.isoformat() if signer.signing_time else None,
    }


def _text(verdict: Verdict) -> str:
    signer, certificate = verdict.signer, verdict.signer.certificate
    lines = [tr("签名有效") if signer.problem is None else tr("签名无效: {why}").format(why=signer.problem.text)]
    if certificate:
        lines.append(tr("  签名人: {holder}").format(holder=visible_name(certificate.holder)))
        issuer = visible_name(certificate.issuer_name)
        lines.append(tr("  颁发者: {issuer}  序列号: {serial}").format(issuer=issuer, serial=certificate.serial_hex))
    if signer.signing_time:
        lines.append(tr("  签名人声明的时间: {time}").format(time=beijing_text(signer.signing_time)))
    lines.append(tr("  证书: {trust}").format(trust=_trust_text(verdict)))
    return "\n".join(lines)


def _trust_text(verdict: Verdict) -> str:
    if not verdict.trust_checked:
        return tr("可信性未检查，可用 --trusted 指定 CA 证书")
    return verdict.trust.text if verdict.trust else tr("可信")


def _list(path: str) -> Crl:
    with reading(path) as source:
        return Crl.parse(source.read(LARGEST_CRL + 1))
