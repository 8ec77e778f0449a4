"""What the program does for a person. Every channel comes through here; each operation reads like its story."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.assistant.certificates.inventory import Inventory
from hebca_helper.assistant.groups import OperationGroups, no_issuer
from hebca_helper.assistant.journal.book import Journal, Operation
from hebca_helper.assistant.journal.recorder import Recorder
from hebca_helper.assistant.key.consents import Consents
from hebca_helper.assistant.key.domains import require_raw
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.key.signing import Raw, Signing, raw_mechanism
from hebca_helper.assistant.login.gate import Gate
from hebca_helper.assistant.login.logins import LoginListener, Logins
from hebca_helper.assistant.login.pin_guard import PinGuard
from hebca_helper.assistant.login.pin_rules import PinWeakness
from hebca_helper.assistant.login.pins import Pins
from hebca_helper.assistant.person.admission import Admission
from hebca_helper.assistant.person.choosing import choice
from hebca_helper.assistant.person.content import described
from hebca_helper.assistant.person.dialogs import DialogLimits, DialogQueue
from hebca_helper.assistant.person.prompts import Confirm, ConfirmKind, Decision, Notice, Prompts
from hebca_helper.assistant.sites.origins import FixedOrigins, OriginBook, OriginClass
from hebca_helper.assistant.sites.policy import Policy
from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.assistant.stamping.authorities import AuthoritiesFor, nobody
from hebca_helper.assistant.unattended import AbsentPrompts, UnattendedPrompts
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.settings import Settings
from hebca_helper.texts import tr
from hebca_helper.tokens.errands import ErrandListener
from hebca_helper.tokens.model import EventKind, Mechanism, TokenEvent, TokenInfo
from hebca_helper.tokens.service import TokenService

if TYPE_CHECKING:
    from hebca_helper.assistant.stamping.chain_states import Chain
    from hebca_helper.issuer.client import IssuerClient


class Assistant(OperationGroups):
    """Lives on one asyncio loop; every method is called there. `prompts` is set by whoever can show dialogs."""

    def __init__(
        self,
        tokens: TokenService,
        settings: Settings,
        home: Path,
        *,
        fixed: FixedOrigins | None = None,
        is_practice: Callable[[Certificate], bool] = lambda _: False,
        clock: Clock | None = None,
        issuer: Callable[[], IssuerClient] | None = None,
        authorities: AuthoritiesFor = nobody,
    ) -> None:
        clock = clock or Clock()
        self.home = home
        self.prompts: Prompts = AbsentPrompts()
        self.origins = OriginBook(home, fixed or FixedOrigins())
        self.journal = Journal(home)
        self.inventory = Inventory(tokens, is_practice, self.origins, clock)
        self._tokens = tokens
        self._dialogs = DialogQueue(clock, _dialog_limits(settings))
        self._admission = Admission(self.origins, self._dialogs, settings.refuse_unknown_origins)
        self._logins = Logins(tokens, settings.login_lifetime, settings.repeated_signatures, clock)
        self._guard = PinGuard(home)
        self._issuer = issuer or no_issuer
        self._authorities = authorities
        self._pins = Pins(tokens, self.inventory, self._logins, self._guard, self._dialogs)
        self._consents = Consents(
            tokens, self._logins, self._pins, self._dialogs, lambda: self.prompts, self._point_out_weak_pin
        )
        self._signing = Signing(
            tokens,
            self._logins,
            self._consents,
            lambda notice: self.prompts.notify(notice),
            settings.repeated_signature_size,
        )
        self._recorder = Recorder(self.journal, clock)
        self._policy = Policy(self.origins)
        self.gate = Gate(
            self._policy,
            self._logins,
            self._recorder,
            clock,
            most=settings.failed_requests,
            span=settings.failed_requests_span,
        )
        self._parts = self._make_parts(settings, home, clock)
        self._unattended = False
        self._pointed_out: set[str] = set()
        self._page_listeners: list[Callable[[str], None]] = []
        self._errands: set[asyncio.Task[None]] = set()
        tokens.subscribe(self._token_changed)

    def use_settings(self, settings: Settings) -> None:
        """From now on; operations under way end as they began."""
        self._admission.refuse_unknown = settings.refuse_unknown_origins
        self._logins.limit(settings.login_lifetime, settings.repeated_signatures)
        self._parts.settings = settings
        self.trim_journal()

    def trim_journal(self) -> None:
        """Delete the rows that are older than the person wants them kept."""
        if days := self._parts.settings.journal_retention_days:
            self.journal.delete_before(self._parts.clock.now() - timedelta(days=days))

    def problems(self) -> list[HelperError]:
        """Damaged files that were set aside when the assistant was built."""
        journal = self.journal.damaged
        lost = [HelperError(Code.JOURNAL_DAMAGED, journal.name)] if journal else []
        return lost + ([self.origins.problem] if self.origins.problem else [])

    def answer_unattended(self, pin: str) -> None:
        """Practice mode without a person: prompts answer themselves, and every other certificate is hidden."""
        self.prompts = UnattendedPrompts(pin, self.origins)
        self.inventory.practice_only = True
        self._dialogs.limited = self.gate.limited = False
        self._unattended = True

    # --- connections

    def connect(self, asker: Asker) -> Connection:
        if asker.origin is not None and self.origins.classify(asker.origin) is not OriginClass.BLOCKED:
            for listener in list(self._page_listeners):
                listener(asker.origin)
        return Connection(asker)

    def subscribe_pages(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Be told the origin of every page that connects (not of blocked ones), on the loop. Returns what ends it."""
        self._page_listeners.append(listener)
        return lambda: self._page_listeners.remove(listener)

    async def close(self, connection: Connection) -> None:
        """The page went, or the command ended: its logins end with it."""
        connection.closed = True
        while connection.endings:
            connection.endings.pop()()
        await self._logins.end_connection(connection.id)

    def is_admitted(self, connection: Connection) -> bool:
        """True where this connection may ask for certificates without anybody being asked."""
        return self._admission.is_admitted(connection)

    async def admit(self, connection: Connection) -> None:
        """May this site connect? Asks the person where the origin table says so. HelperError(DENIED_BY_POLICY)."""
        if self.is_admitted(connection):
            return
        with self._recorder.operation(connection, Operation.CONNECT):
            await self._admission.admit(connection, self.prompts)

    def announce(self, origin: str) -> None:
        """The person opened this site through a quick link: it may connect during this run."""
        self._admission.announce(origin)

    def forget_site(self, origin: str) -> None:
        """The person takes back what they said about this site: it is asked about anew, in this run too."""
        self.origins.forget(origin)
        self._admission.withdraw(origin)

    # --- certificates

    async def tokens(self) -> list[TokenInfo]:
        return await self._tokens.tokens()

    async def entries(
        self, connection: Connection, usage: Usage | None = None, *, all_of_them: bool = False
    ) -> list[CertificateEntry]:
        """What the connection may know of, in a stable order; replaced certificates only with `all_of_them`."""
        await self.admit(connection)
        offered = await self.inventory.offered(connection)
        return [e for e in offered if (usage is None or e.serves(usage)) and (all_of_them or not e.replaced)]

    async def choose(
        self, connection: Connection, usage: Usage, ignored_devices: Collection[str] = ()
    ) -> CertificateEntry:
        """One certificate: silently when there is one, by the person's choice when there are several; expired ones are
        shown then, but cannot be chosen, except for decrypting and by the issuer's sites, which renew them.

        `ignored_devices` are token labels that do not count. HelperError(NO_CERTIFICATE or what
        is wrong with that which is plugged in, USER_CANCELLED).
        """
        entries = [e for e in await self.entries(connection, usage) if e.token.label not in ignored_devices]
        if not entries:
            raise await self.inventory.nothing()
        if len(entries) == 1:
            return entries[0]
        question = choice(connection.asker, usage, entries, expired_too=self._may_use_expired(connection, usage))
        async with self._dialogs.turn(connection.asker):
            return await self.prompts.choose_certificate(question)

    def _may_use_expired(self, connection: Connection, usage: Usage) -> bool:
        origin = connection.asker.origin
        return usage is Usage.ENCRYPT or (origin is not None and self.origins.standing(origin).issuer)

    async def chains(self, entries: Sequence[CertificateEntry]) -> Mapping[str, Chain]:
        """By fingerprint: is the issuer known here, and what does it say? HelperError where a CA's file is damaged."""
        from hebca_helper.assistant.stamping.chain_states import chains_of

        return await chains_of(entries, self._authorities, self._parts.clock.now())

    async def issuers_on_tokens(self) -> list[Certificate]:
        """CA certificates on the USBKEYs that may be added as 签发机构. HelperError(ISSUER_UNFIT) without any."""
        from hebca_helper.assistant.stamping.issuers import on_tokens

        return await on_tokens(self._parts.tokens)

    # --- logins

    async def login(self, connection: Connection, entry: CertificateEntry) -> None:
        """Ask for the PIN unless this connection is logged in."""
        await self.admit(connection)
        if self.is_logged_in(connection, entry.token.id):
            return
        with self._recorder.operation(connection, Operation.LOGIN, entry=entry):
            entry = await self.inventory.require_present(connection, entry)
            weakness = await self._pins.log_in(connection, Device.of(entry), self.prompts)
        if weakness is not None:
            self._point_out_weak_pin(Device.of(entry), weakness)

    async def login_with_page_pin(self, connection: Connection, entry: CertificateEntry, pin: str) -> None:
        """The silent login of old pages: trusted origins only, under the PIN guard."""
        await self.admit(connection)
        with self._recorder.operation(connection, Operation.LOGIN_PAGE_PIN, entry=entry):
            self._policy.require(connection, Risk.PAGE_PIN)
            entry = await self.inventory.require_present(connection, entry)
            await self._pins.log_in_with_page_pin(connection, entry.token.id, pin)

    async def logout(self, connection: Connection, token_id: str | None = None) -> None:
        """End this connection's login to one token, or all of them. Other connections keep theirs."""
        with self._recorder.operation(connection, Operation.LOGOUT, token_id=token_id or ""):
            if token_id is None:
                await self._logins.end_connection(connection.id)
            else:
                await self._logins.end(connection.id, token_id)

    def is_logged_in(self, connection: Connection, token_id: str) -> bool:
        return self._logins.of(connection, token_id) is not None

    async def end_all_logins(self) -> None:
        """Screen lock, suspend, or the person's 停止."""
        await self._logins.end_all()

    async def stop_connection(self, connection_id: str) -> None:
        """The person pressed 停止 on a notice: that connection's logins end."""
        await self._logins.end_connection(connection_id)

    # --- the key

    async def sign(
        self,
        connection: Connection,
        entry: CertificateEntry,
        data: bytes,
        *,
        text: str | None = None,
        wanted: Mechanism | None = None,
    ) -> bytes:
        """A bare signature as 17212 gives it: RSA PKCS#1 v1.5 over SHA-1, or DER ECDSA over SHA-256; or under `wanted`.

        `text` is what the page said the bytes are, for showing. Asks for the PIN or for consent, and journals.
        """
        await self.admit(connection)
        content = await described(data, text)
        with self._recorder.operation(connection, Operation.SIGN, entry=entry, content=content) as row:
            mechanism = raw_mechanism(entry, wanted)
            require_raw(mechanism, data, content.kind)
            entry = await self.inventory.require_present(connection, entry)
            return await self._signing.sign_raw(row, Raw(entry, mechanism, data, content))

    async def sign_silently(self, connection: Connection, entry: CertificateEntry, data: bytes) -> bytes:
        """As `sign`, without any dialog: trusted origins only, within a login. HelperError(NOT_LOGGED_IN)."""
        await self.admit(connection)
        content = await described(data)
        with self._recorder.operation(connection, Operation.SIGN_SILENTLY, entry=entry, content=content) as row:
            self._policy.require(connection, Risk.SILENT_SIGN)
            mechanism = raw_mechanism(entry)
            require_raw(mechanism, data, content.kind)
            entry = await self.inventory.require_present(connection, entry)
            raw = Raw(entry, mechanism, data, content)
            if self._unattended and self._logins.lasting(connection, entry.token.id):
                return await self._signing.sign_raw(row, raw)
            return await self._signing.sign_silently(connection, raw)

    async def change_pin(self, connection: Connection, token_id: str) -> None:
        """Ask old and new PIN and change it."""
        await self.admit(connection)
        with self._recorder.operation(connection, Operation.CHANGE_PIN, token_id=token_id):
            await self._pins.change(connection, token_id, self.prompts)

    async def unblock(self, connection: Connection, token_id: str) -> None:
        """Ask the unlock code and a new PIN and unlock. For the person only."""
        if connection.asker.origin is not None:
            raise HelperError(Code.DENIED_BY_POLICY)
        with self._recorder.operation(connection, Operation.UNBLOCK, token_id=token_id):
            await self._pins.unblock(connection, token_id, self.prompts)

    # --- the rest

    async def rescan(self) -> None:
        """Look for tokens anew."""
        await self._tokens.rescan()
        self.inventory.forget()

    def subscribe_ends(self, listener: Callable[[str, str], None]) -> Callable[[], None]:
        """Be told, on the loop, the connection and the token of each login that ends. Returns what ends it."""
        return self._logins.subscribe(listener)

    def subscribe(self, listener: Callable[[TokenEvent], None]) -> Callable[[], None]:
        """Be told of token events, on the loop. Returns what ends it."""
        return self._tokens.subscribe(listener)

    def subscribe_logins(self, listener: LoginListener) -> Callable[[], None]:
        """Be told when somebody logs in to a token and when its last login ends, on the loop. Returns what ends it."""
        self._logins.listeners.append(listener)
        return lambda: self._logins.listeners.remove(listener)

    def subscribe_errands(self, listener: ErrandListener) -> Callable[[], None]:
        """Be told of each call to a token as it begins and ends, on the loop. Returns what ends it."""
        return self._tokens.errands.subscribe(listener)

    def tokens_in_use(self) -> list[str]:
        """Ids of the tokens that somebody is logged in to."""
        return self._logins.tokens_in_use()

    async def errands_done(self) -> None:
        """Wait for what goes on behind a reply, such as the offer to change an initial PIN."""
        await asyncio.gather(*self._errands)

    async def stop(self) -> None:
        """End all logins and errands and close the journal."""
        for errand in list(self._errands):
            errand.cancel()
        await asyncio.gather(*self._errands, return_exceptions=True)
        await self._logins.end_all()
        self.journal.close()

    def _make_parts(self, settings: Settings, home: Path, clock: Clock) -> Parts:
        return Parts(
            tokens=self._tokens,
            settings=settings,
            home=home,
            clock=clock,
            inventory=self.inventory,
            logins=self._logins,
            dialogs=self._dialogs,
            consents=self._consents,
            policy=self._policy,
            recorder=self._recorder,
            admit=self.admit,
            prompts=lambda: self.prompts,
        )

    def _token_changed(self, event: TokenEvent) -> None:
        if event.kind in (EventKind.UNPLUGGED, EventKind.LOGIN_ENDED):
            self._logins.dropped(event.token_id)

    def _point_out_weak_pin(self, device: Device, weakness: PinWeakness) -> None:
        if device.entry is None or device.id in self._pointed_out:
            return
        self._pointed_out.add(device.id)
        errand = asyncio.get_running_loop().create_task(self._offer_pin_change(device.entry, weakness))
        self._errands.add(errand)
        errand.add_done_callback(self._errands.discard)

    async def _offer_pin_change(self, entry: CertificateEntry, weakness: PinWeakness) -> None:
        kind = ConfirmKind.INITIAL_PIN if weakness is PinWeakness.INITIAL else ConfirmKind.WEAK_PIN
        person = self.connect(Asker(Channel.WINDOW))
        try:
            async with self._dialogs.turn(person.asker), self._tokens.while_plugged_in(entry.token.id):
                question = Confirm(person.asker, kind, entry=entry, may_remember=False)
                if await self.prompts.confirm(question) not in (Decision.ONCE, Decision.REMEMBER):
                    return
        except HelperError:
            return  # the person closed it, or the USBKEY went: nothing was promised
        try:
            await self.change_pin(person, entry.token.id)
        except HelperError as problem:
            if problem.code is not Code.USER_CANCELLED:
                self.prompts.notify(Notice(str(problem), token_id=entry.token.id))
        else:
            self.prompts.notify(Notice(tr("证书密码已修改，下次请使用新密码"), token_id=entry.token.id))


def _dialog_limits(settings: Settings) -> DialogLimits:
    return DialogLimits(settings.dialogs_waiting_per_origin, settings.refused_dialogs, settings.refused_dialogs_span)
