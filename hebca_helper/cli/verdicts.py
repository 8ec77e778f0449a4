"""What `cms verify` says of each signer: to people a paragraph, to scripts JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.assistant.stamping import check_words
from hebca_helper.cli.files import reading
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import chains
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms.verification import SignerReport
from hebca_helper.pki.moments import beijing_text
from hebca_helper.pki.revocation import LARGEST_CRL, Crl
from hebca_helper.seals.words import Reason, Verdict, outcome, worst
from hebca_helper.texts import tr

_REASONS = {
    Code.SIGNATURE_WRONG: Reason.SIGNATURE_WRONG,
    Code.CERTIFICATE_UNTRUSTED: Reason.ISSUER_UNKNOWN,
    Code.CERTIFICATE_EXPIRED: Reason.CERTIFICATE_EXPIRED,
    Code.CERTIFICATE_NOT_YET_VALID: Reason.CERTIFICATE_NOT_YET_VALID,
    Code.CERTIFICATE_REVOKED: Reason.CERTIFICATE_REVOKED,
    Code.CRL_UNREADABLE: Reason.CERTIFICATE_UNCHECKED,
}
"""Of anything else it cannot be told whether the signature holds."""


@dataclass(frozen=True, slots=True)
class Signed:
    """`trust` is what is wrong with the certificate, None when nothing is."""

    signer: SignerReport
    trust: HelperError | None

    @property
    def problem(self) -> HelperError | None:
        return self.signer.problem or self.trust

    @property
    def verdict(self) -> Verdict:
        found = [each for each in (self.signer.problem, self.trust) if each is not None]
        return outcome(_REASONS.get(each.code, Reason.SIGNATURE_UNCHECKED) for each in found)


def judged(signers: Sequence[SignerReport], trusted: Sequence[Certificate], crl_paths: Sequence[str]) -> list[Signed]:
    """Chains are judged now, not at the time a signer claims; revocation only where lists are given."""
    crls, now = [_list(path) for path in crl_paths], Clock().now()
    found = []
    for signer in signers:
        trust: HelperError | None = HelperError(Code.CERTIFICATE_UNTRUSTED)
        if signer.certificate:
            trust = chains.check(signer.certificate, trusted, crls, now, require_crl=bool(crls)).problem
        found.append(Signed(signer, trust))
    return found


def tell_verdicts(found: Sequence[Signed], as_json: bool, *, allow_unknown_issuer: bool) -> None:
    """All of them on standard output, then the first problem as HelperError, the worst kind before the others."""
    print(json.dumps([_row(each) for each in found], ensure_ascii=False) if as_json else "\n".join(map(_text, found)))
    verdict = worst([Verdict.VALID, *(each.verdict for each in found)])
    if allow_unknown_issuer and verdict is Verdict.UNIDENTIFIED:
        return
    problem = next((each.problem for each in found if each.problem and each.verdict is verdict), None)
    if problem:
        raise problem


def _row(found: Signed) -> dict[str, object]:
    signer, certificate = found.signer, found.signer.certificate
    return {
        "verdict": found.verdict,
        "valid": found.verdict is Verdict.VALID,
        "problem": signer.problem.code if signer.problem else None,
        "trust": found.trust.code if found.trust else "trusted",
        "holder": certificate.holder if certificate else None,
        "issuer": certificate.issuer_name if certificate else None,
        "serial": certificate.serial_hex if certificate else None,
        "signing_time": signer.signing_time.isoformat() if signer.signing_time else None,
    }


def _text(found: Signed) -> str:
    signer, certificate = found.signer, found.signer.certificate
    said = check_words.of_verdict(found.verdict, check_words.Noun.SIGNATURE)
    lines = [said if signer.problem is None else tr("{verdict}: {why}").format(verdict=said, why=signer.problem.text)]
    if certificate:
        lines.append(tr("  签名人: {holder}").format(holder=visible_name(certificate.holder)))
        issuer = visible_name(certificate.issuer_name)
        lines.append(tr("  颁发者: {issuer}  序列号: {serial}").format(issuer=issuer, serial=certificate.serial_hex))
    if signer.signing_time:
        lines.append(tr("  签名人声明的时间: {time}").format(time=beijing_text(signer.signing_time)))
    lines.append(tr("  证书: {trust}").format(trust=found.trust.text if found.trust else tr("可信")))
    return "\n".join(lines)


def _list(path: str) -> Crl:
    with reading(path) as source:
        return Crl.parse(source.read(LARGEST_CRL + 1))
