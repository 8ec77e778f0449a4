"""The parts of the program for one home, and how they fit together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hebca_helper import places, settings, texts
from hebca_helper.errors import HelperError
from hebca_helper.files import of_file

if TYPE_CHECKING:
    from hebca_helper.assistant.assistant import Assistant
    from hebca_helper.assistant.stamping.authorities import Authorities
    from hebca_helper.bridge.ports import WantedPorts
    from hebca_helper.cli.program import Core
    from hebca_helper.issuer.addresses import Address
    from hebca_helper.issuer.answers import Anchors
    from hebca_helper.issuer.client import IssuerClient
    from hebca_helper.pki.certificates import Certificate
    from hebca_helper.practice.trust import PracticeTrust
    from hebca_helper.settings import Settings
    from hebca_helper.tokens.discovery import ModulePlace
    from hebca_helper.tokens.service import TokenService


class App:
    """The program for one home. Settings are read once, here."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.settings, problem = settings.load(home)
        texts.use_language(str(places.shipped("resources", "translations")), self.settings.language)
        self._practice_trust: PracticeTrust | None = None
        self.problems = [problem] if problem else []
        self.on_problem: Callable[[HelperError], None] = self.problems.append

    def save_changes(self, old: Settings, new: Settings) -> None:
        """Write what differs between the two; what the command line said only for this run stays out of the file."""
        changed = {f.name: getattr(new, f.name) for f in fields(new) if getattr(new, f.name) != getattr(old, f.name)}
        wanted = replace(self.settings, **changed)
        try:
            settings.save(self.home, wanted)
        except OSError as failure:
            raise of_file(failure, settings.FILE_NAME) from None
        self.settings = wanted

    @asynccontextmanager
    async def core(self, trusted_origins: Sequence[str] = ()) -> AsyncIterator[Core]:
        """Token service and assistant; stopped at the end with every child gone.

        The token hosts may still be loading their libraries when the block begins: whoever asks for tokens waits.
        """
        from hebca_helper.practice.in_use import practice_lock
        from hebca_helper.tokens.service import TokenService

        with ExitStack() as held:
            modules, problems = self._modules()
            if any(module.practice for module in modules):
                held.enter_context(practice_lock(self.home))
            tokens = TokenService(modules, discover=lambda: self._modules()[0])
            starting = asyncio.create_task(tokens.start())
            await asyncio.sleep(0)  # the hosts load on another core while the rest is imported here
            try:
                assistant = self._assistant(tokens, trusted_origins, problems)
                try:
                    yield self._core(tokens, assistant)
                finally:
                    await assistant.stop()
            finally:
                await starting
                await tokens.stop()

    def _core(self, tokens: TokenService, assistant: Assistant) -> Core:
        from hebca_helper.cli.program import Core

        return Core(self.home, self.settings, tokens, assistant)

    def _assistant(
        self, tokens: TokenService, trusted_origins: Sequence[str], problems: Sequence[HelperError]
    ) -> Assistant:
        from hebca_helper.assistant.assistant import Assistant
        from hebca_helper.assistant.sites.origins import FixedOrigins
        from hebca_helper.portals.catalogue import Group, known_origins, load_what_can_be
        from hebca_helper.practice.announcement import CA, AnnouncedOrigins

        catalogue, unreadable = load_what_can_be()
        issuer = frozenset(o for p in catalogue.group(Group.CERTIFICATE_SERVICE) for o in p.origins)
        practice_ca = AnnouncedOrigins(self.home, CA)
        fixed = FixedOrigins(
            known=known_origins(catalogue),
            issuer=issuer,
            trusted=frozenset(trusted_origins),
            practice=AnnouncedOrigins(self.home),
            practice_issuer=practice_ca,
        )
        assistant = Assistant(
            tokens,
            self.settings,
            self.home,
            fixed=fixed,
            is_practice=self._is_practice,
            issuer=lambda: self._issuer(issuer, practice_ca),
            authorities=self.authorities,
        )
        for problem in [*problems, *assistant.problems(), *([unreadable] if unreadable else [])]:
            self.on_problem(problem)
        return assistant

    def run_window(self, *, ports: WantedPorts, practice: bool, background: bool = False) -> int:
        """Show the window (with `background` only the tray's icon) until the person quits; without a display do the demo
        instead."""
        from hebca_helper.app.window import run_window

        return run_window(self, ports=ports, practice=practice, background=background)

    def show_window(self, page: str) -> int:
        from hebca_helper.app.window import show_window

        return show_window(self, page)

    def _issuer(self, origins: frozenset[str], practice_origins: Callable[[], frozenset[str]]) -> IssuerClient:
        return issuer_client(self.home, origins, practice_origins, self.settings.proxy)

    def _is_practice(self, certificate: Certificate) -> bool:
        """Asked only for tokens that our own SoftHSM configuration serves.

        What `practice init` issued stands in this home's own record; for anything else the practice CA's signature
        decides, and the CA is loaded only then.
        """
        from hebca_helper.practice.record import practice_fingerprints

        if certificate.fingerprint in practice_fingerprints(self.home):
            return True
        return self._trust().issued(certificate)

    def authorities(self, practice: bool) -> Authorities:
        """Whose certificates are vouched for; the practice CA's on practice tokens only. HelperError(FILE_UNREADABLE)."""
        from hebca_helper.assistant.stamping.authorities import Authorities
        from hebca_helper.assistant.stamping.issuers import Issuers

        if not practice:
            return Issuers(self.home, told=lambda problem: self.on_problem(problem)).authorities()
        trust = self._trust()
        trusted = tuple(certificate.der for certificate in trust.ca_certificates())
        return Authorities(trusted, tuple(crl.der for crl in trust.crls()))

    def _trust(self) -> PracticeTrust:
        if self._practice_trust is None:
            from hebca_helper.practice.trust import PracticeTrust

            self._practice_trust = PracticeTrust(self.home)
        return self._practice_trust

    def _modules(self) -> tuple[list[ModulePlace], list[HelperError]]:
        from hebca_helper.tokens.catalogue import load_catalogue
        from hebca_helper.tokens.discovery import find_modules

        drivers, problems = load_catalogue(places.shipped("drivers"))
        return find_modules(drivers, self.settings, self.home), problems


def issuer_client(
    home: Path, issuer_origins: frozenset[str], practice_origins: Callable[[], frozenset[str]], proxy: str
) -> IssuerClient:
    """Calls the issuer's sites and the practice CA of this home. The real CA has published neither a service of this
    protocol nor a certificate for it, so its sites are not believed until the program ships with one."""
    from hebca_helper.issuer.addresses import AllowedAddresses
    from hebca_helper.issuer.answers import Anchors
    from hebca_helper.issuer.client import IssuerClient
    from hebca_helper.practice.trust import PracticeTrust

    def anchors(address: Address) -> Anchors:
        if not address.practice:
            return Anchors()
        trust = PracticeTrust(home)
        return Anchors(trust.ca_certificates(), trust.crls())

    return IssuerClient(AllowedAddresses(issuer_origins, practice_origins), anchors, proxy=proxy)
