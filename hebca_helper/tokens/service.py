"""The token service: all tokens of all modules behind one set of async functions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import TypeVar

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.tokens import messages as m
from hebca_helper.tokens import pairing
from hebca_helper.tokens.discovery import ModulePlace, ModuleState
from hebca_helper.tokens.errands import Errands
from hebca_helper.tokens.messages import KeyPairKind
from hebca_helper.tokens.model import DataObject, EventKind, Mechanism, TokenCertificate, TokenEvent, TokenInfo
from hebca_helper.tokens.module import TokenModule

__all__ = ["KeyPairKind", "TokenService"]

START_PATIENCE = 10.0
"""Seconds `start` waits for slow libraries; their tokens come later, as if plugged in. Long enough for a host on a computer
that is busy with its own start: a command that ran out of it would say that there is no USBKEY."""

Answer = TypeVar("Answer", bound=m.Message)
Listener = Callable[[TokenEvent], None]


class TokenService:
    """Lives on one asyncio loop. Every function raises HelperError: TOKEN_REMOVED, MODULE_CRASHED, MODULE_TIMEOUT and what
    it names itself. `discover` finds the modules anew at `rescan`."""

    def __init__(
        self, modules: Sequence[ModulePlace], *, discover: Callable[[], Sequence[ModulePlace]] | None = None
    ) -> None:
        self._modules = [TokenModule(place, self._tell) for place in modules]
        self._discover = discover
        self._listeners: list[Listener] = []
        self._passed_over: dict[tuple[str, bytes, bytes], int] = {}
        """Where a token does not tell its keys apart: which of them made the right signature."""
        self._listed: dict[str, list[TokenCertificate]] = {}
        self.errands = Errands()
        self._started = asyncio.Event()
        self._started.set()
        self._with_rsa: dict[str, bool] = {}
        """Of paired PKCS#11 tokens: whether they hold another certificate than SM2 ones (pairing)."""

    async def start(self) -> None:
        """Start a host for each module, all at once."""
        self._started.clear()
        try:
            await _for_all([module.start() for module in self._modules], START_PATIENCE)
        finally:
            self._started.set()

    async def stop(self) -> None:
        """End every host. Returns when no child is left."""
        await asyncio.gather(*(module.stop() for module in self._modules))

    async def tokens(self) -> list[TokenInfo]:
        """Tokens now present, as the hosts last told: they tell of each change by themselves. Waits for `start`."""
        await self._started.wait()
        infos = self._infos()
        for pair in pairing.pairs(infos):
            await self._look_for_rsa(pair.pkcs11.id)
        return pairing.shown(infos, [token_id for token_id, some in self._with_rsa.items() if some])

    def modules(self) -> list[ModuleState]:
        """Every module with what is wrong with it."""
        return [module.state for module in self._modules]

    def troubles(self) -> list[HelperError]:
        """What is in the slots and cannot be used, of every module: TOKEN_BLANK, TOKEN_UNREADABLE."""
        return [HelperError(each.code, each.detail) for state in self.modules() for each in state.troubles]

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` on the loop at each event, until the returned function is called."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    @asynccontextmanager
    async def while_plugged_in(self, token_id: str) -> AsyncIterator[None]:
        """Around what makes no sense without this token: it is given up when the token goes (TOKEN_REMOVED)."""
        self._module(token_id)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - who awaits is a task
        before, gone = task.cancelling(), False

        def heard(event: TokenEvent) -> None:
            nonlocal gone
            if event.kind is EventKind.UNPLUGGED and event.token_id == token_id and not gone:
                gone = True
                task.cancel()

        stop = self.subscribe(heard)
        try:
            yield
        except asyncio.CancelledError:
            if gone and task.uncancel() <= before:
                raise HelperError(Code.TOKEN_REMOVED) from None
            raise
        finally:
            stop()

    async def rescan(self) -> None:
        """Find modules anew, try failed ones again, and look at every slot and PIN flag."""
        if self._discover:
            await self._replace(self._discover())
        await asyncio.gather(*(module.revive() for module in self._modules))
        running = [module for module in self._modules if module.state.running]
        await asyncio.gather(*(module.ask(m.Refresh()) for module in running), return_exceptions=True)

    async def certificates(self, token_id: str) -> list[TokenCertificate]:
        """Every certificate on the token; of one that shows up behind two interfaces, this side's. Raises
        TOKEN_REMOVED."""
        found = (await self._ask(m.ListCertificates(token_id), m.Certificates)).certificates
        self._listed[token_id] = found
        for pair in pairing.pairs(self._infos()):
            if token_id in (pair.pkcs11.id, pair.skf.id):
                return [each for each in found if pairing.is_sm2(each) is (token_id == pair.skf.id)]
        return found

    async def login(self, token_id: str, pin: str) -> None:
        """Log in; when somebody is logged in already, the PIN is only compared. Raises PIN_INCORRECT, PIN_LOCKED (both with
        `tries_left` where known), PIN_LENGTH."""
        await self._ask(m.Login(token_id, pin), m.LoggedIn)

    async def logout(self, token_id: str) -> None:
        """Log everybody out."""
        await self._ask(m.Logout(token_id), m.Done)

    async def sign(
        self, token_id: str, key_id: bytes, mechanism: Mechanism, digest: bytes, spki: bytes | None = None
    ) -> bytes:
        """RSA: the signature as long as the modulus; EC, SM2: DER SEQUENCE(r, s). Raises NOT_LOGGED_IN, NO_PRIVATE_KEY, PIN_AGAIN.

        `spki` (DER SubjectPublicKeyInfo) tells which key; without it, that of the certificate that was listed with this
        CKA_ID. What it does not verify goes no further: KEY_MISMATCH."""
        spki = self._listed_key(token_id, key_id) if spki is None else spki
        key = (token_id, key_id, spki)
        for passed_over in count(self._passed_over.get(key, 0)):
            try:
                answer = await self._ask(m.Sign(*key, mechanism, digest, passed_over), m.Value)
            except HelperError as problem:
                no_more = passed_over and problem.code is Code.NO_PRIVATE_KEY
                raise HelperError(Code.KEY_MISMATCH) if no_more else problem from None
            if not spki or _made_by(spki, mechanism, digest, answer.value):
                self._passed_over[key] = passed_over
                return answer.value
        raise AssertionError  # `count` has no end

    async def decrypt(self, token_id: str, key_id: bytes, ciphertext: bytes, spki: bytes | None = None) -> bytes:
        """RSA PKCS#1 v1.5, or an SM2Cipher (DER); `spki` as for `sign`. NOT_SUPPORTED where an SM2 key does `open_content`
        only. Raises NOT_LOGGED_IN, NO_PRIVATE_KEY, PIN_AGAIN, DECRYPTION_FAILED."""
        spki = self._listed_key(token_id, key_id) if spki is None else spki
        return (await self._ask(m.Decrypt(token_id, key_id, spki, ciphertext), m.Value)).value

    async def open_content(self, token_id: str, key_id: bytes, wrapped: bytes, vector: bytes, content: bytes) -> bytes:
        """SM4-CBC inside the token under the key in `wrapped` (SM2Cipher, DER); the padding stays on. Raises as
        `decrypt`, TOO_LARGE over 1 MiB."""
        return (await self._ask(m.OpenContent(token_id, key_id, wrapped, vector, content), m.Value)).value

    async def change_pin(self, token_id: str, old: str, new: str) -> None:
        """Needs no login. Raises as `login`, PIN_WEAK where the token judges the new PIN."""
        await self._ask(m.ChangePin(token_id, old, new), m.Done)

    async def unblock(self, token_id: str, so_pin: str, new_pin: str) -> None:
        """Set a new PIN with the SO PIN; a login of this token ends. Raises as `login` for the SO PIN (detail "SO")."""
        await self._ask(m.Unblock(token_id, so_pin, new_pin), m.Done)

    async def data_objects(self, token_id: str, private: bool) -> list[DataObject]:
        """The public ones or the private ones, never both. Raises NOT_LOGGED_IN for the private ones."""
        return (await self._ask(m.ListDataObjects(token_id, private), m.DataObjects)).objects

    async def read_data(self, token_id: str, label: str, private: bool) -> bytes:
        """Raises DATA_OBJECT_MISSING, NOT_LOGGED_IN, TOO_LARGE (over 8 MiB)."""
        return (await self._ask(m.ReadData(token_id, label, private), m.Value)).value

    async def write_data(self, token_id: str, label: str, private: bool, value: bytes) -> None:
        """Create or replace. Raises NOT_LOGGED_IN, TOO_LARGE (over 8 MiB)."""
        await self._ask(m.WriteData(token_id, label, private, value), m.Done)

    async def delete_data(self, token_id: str, label: str, private: bool) -> None:
        """Raises NOT_LOGGED_IN, DATA_OBJECT_MISSING."""
        await self._ask(m.DeleteData(token_id, label, private), m.Done)

    async def write_certificate(self, token_id: str, der: bytes, key_id: bytes, label: str) -> None:
        """Raises NOT_LOGGED_IN, CERTIFICATE_UNREADABLE."""
        await self._ask(m.WriteCertificate(token_id, der, key_id, label), m.Done)

    async def delete_certificate(self, token_id: str, der: bytes) -> None:
        """Raises NOT_LOGGED_IN, NO_CERTIFICATE."""
        await self._ask(m.DeleteCertificate(token_id, der), m.Done)

    async def generate_key_pair(self, token_id: str, kind: KeyPairKind, key_id: bytes, label: str) -> bytes:
        """A key pair that never leaves the token; its public key as DER SubjectPublicKeyInfo. Raises NOT_LOGGED_IN."""
        return (await self._ask(m.GenerateKeyPair(token_id, kind, key_id, label), m.Value)).value

    async def import_key_pair(self, token_id: str, blob: bytes) -> None:
        """An SM2 encryption pair (ENVELOPEDKEYBLOB) that the issuer made. Raises NOT_LOGGED_IN, BAD_REQUEST,
        NO_PRIVATE_KEY where no signing key on the token opens it."""
        await self._ask(m.ImportKeyPair(token_id, blob), m.Done)

    async def find_key(self, token_id: str, spki: bytes) -> bytes:
        """CKA_ID of the private key that belongs to this public key. Raises NOT_LOGGED_IN, NO_PRIVATE_KEY."""
        return (await self._ask(m.FindKey(token_id, spki), m.Value)).value

    async def initialise(self, module: ModulePlace, label: str, so_pin: str, pin: str) -> TokenInfo:
        """Make a new practice token. Raises PRACTICE_ONLY for any other module, MODULE_NOT_LOADED for an unknown one."""
        chosen = next((each for each in self._modules if each.place.key == module.key), None)
        if chosen is None:
            raise HelperError(Code.MODULE_NOT_LOADED, module.path.name)
        answer = await chosen.ask(m.Initialise(label, so_pin, pin))
        return _expected(answer, m.Initialised).token

    def _listed_key(self, token_id: str, key_id: bytes) -> bytes:
        """The public key of the certificate with this CKA_ID; b"" where there is none or more than one."""
        keys = {_public_key(each) for each in self._listed.get(token_id, ()) if each.key_id == key_id}
        return keys.pop() if len(keys) == 1 else b""

    async def _ask(self, request: m.TokenRequest, wanted: type[Answer]) -> Answer:
        work = self._module(request.token_id).ask(request)
        return _expected(await self.errands.watched(request, work), wanted)

    def _infos(self) -> list[TokenInfo]:
        return [info for module in self._modules for info in module.tokens.values()]

    async def _look_for_rsa(self, token_id: str) -> None:
        if token_id not in self._with_rsa:
            try:
                found = await self._module(token_id).ask(m.ListCertificates(token_id))
            except HelperError:
                return
            self._with_rsa[token_id] = not all(map(pairing.is_sm2, _expected(found, m.Certificates).certificates))

    def _module(self, token_id: str) -> TokenModule:
        for module in self._modules:
            if token_id in module.tokens:
                return module
        raise HelperError(Code.TOKEN_REMOVED)

    async def _replace(self, places: Sequence[ModulePlace]) -> None:
        """Keep the modules still there, stop the others, start new ones."""
        wanted = {place.key: place for place in places}
        gone = [module for module in self._modules if module.place.key not in wanted]
        known = {module.place.key for module in self._modules}
        new = [TokenModule(place, self._tell) for key, place in wanted.items() if key not in known]
        self._modules = [module for module in self._modules if module not in gone] + new
        for module in gone:
            await module.retire()
        await _for_all([module.start() for module in new], START_PATIENCE)

    def _tell(self, event: TokenEvent) -> None:
        self._with_rsa.pop(event.token_id, None)
        if event.kind is not EventKind.LOGIN_ENDED:
            self._listed.pop(event.token_id, None)
            self._passed_over = {key: over for key, over in self._passed_over.items() if key[0] != event.token_id}
        for listener in list(self._listeners):
            listener(event)


def _public_key(held: TokenCertificate) -> bytes:
    """DER SubjectPublicKeyInfo of a certificate; b"" of one that cannot be read."""
    try:
        return Certificate.parse(held.der).spki
    except HelperError:
        return b""


def _made_by(spki: bytes, mechanism: Mechanism, digest: bytes, signature: bytes) -> bool:
    """Whether this public key verifies the signature: a token may hold two keys of one name, a library may mix them up, and
    what was signed with the wrong one must not be called signed (house rule 4)."""
    # With the first signature, not with each start of the program: pyca/cryptography takes its time to load.
    from hebca_helper.pki.keys import SignatureAlgorithm, verify_digest

    if mechanism is Mechanism.SM2_SM3:
        return True  # the SKF host compared the key and verified the signature: once is enough
    algorithm = {
        Mechanism.RSA_PKCS1_SHA1: SignatureAlgorithm.RSA_SHA1,
        Mechanism.RSA_PKCS1_SHA256: SignatureAlgorithm.RSA_SHA256,
        Mechanism.ECDSA_SHA256: SignatureAlgorithm.ECDSA_SHA256,
    }[mechanism]
    return verify_digest(spki, algorithm, digest, signature)


def _expected(answer: m.Message, wanted: type[Answer]) -> Answer:
    if not isinstance(answer, wanted):
        raise HelperError(Code.TOKEN_FAILURE, type(answer).__name__)
    return answer


async def _for_all(starts: Sequence[Coroutine[None, None, None]], patience: float) -> None:
    """Run them side by side; those that take longer than `patience` go on by themselves."""
    if starts:
        await asyncio.wait([asyncio.ensure_future(start) for start in starts], timeout=patience)
