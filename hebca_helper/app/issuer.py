"""How the program reaches the CA's online services, and whom it believes there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hebca_helper.issuer.addresses import Address, AllowedAddresses
from hebca_helper.issuer.client import IssuerClient

if TYPE_CHECKING:
    from hebca_helper.issuer.answers import Anchors


def issuer_client(
    home: Path, issuer_origins: frozenset[str], practice_origins: Callable[[], frozenset[str]], proxy: str
) -> IssuerClient:
    """Calls the issuer's sites and the practice CA of this home. The real CA has published neither a service of this
    protocol nor a certificate for it, so its sites are not believed until the program ships with one."""

    def anchors(address: Address) -> Anchors:
        from hebca_helper.issuer.answers import Anchors
        from hebca_helper.practice.trust import PracticeTrust

        if not address.practice:
            return Anchors()
        trust = PracticeTrust(home)
        return Anchors(trust.ca_certificates(), trust.crls())

    return IssuerClient(AllowedAddresses(issuer_origins, practice_origins), anchors, proxy=proxy)
