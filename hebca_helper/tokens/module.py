"""One PKCS#11 module as the service sees it: its host process, its line, and what is known of its tokens."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens import messages as m
from hebca_helper.tokens.discovery import ModulePlace, ModuleState
from hebca_helper.tokens.line import Line, Waiting
from hebca_helper.tokens.model import EventKind, SlotTrouble, TokenEvent, TokenInfo
from hebca_helper.tokens.process import HostProcess

RESTARTS = 5
RESTART_PERIOD = 60.0
"""RESTARTS ends within so many seconds, and the module counts as not loadable until `revive`: a library that dies at
load must not spin."""


class TokenModule:
    """Everything runs on one asyncio loop. `tell` hears of every event."""

    def __init__(self, place: ModulePlace, tell: Callable[[TokenEvent], None]) -> None:
        self.place = place
        self.tokens: dict[str, TokenInfo] = {}
        self._tell = tell
        self._line = Line(self._send, place.driver.limit, self._hung)
        self._process: HostProcess | None = None
        self._former: set[HostProcess] = set()
        self._starting: asyncio.Task[None] | None = None
        self._problem: HelperError | None = None
        self._why = Code.MODULE_CRASHED
        self._loaded = False
        self._stopped = False
        self._library = ""
        self._printed = ""
        self._ends: deque[float] = deque(maxlen=RESTARTS)
        self._logged_in: set[str] = set()
        self._troubles: tuple[SlotTrouble, ...] = ()

    @property
    def state(self) -> ModuleState:
        printed = self._process.diagnosis if self._process else self._printed
        return ModuleState(self.place, self._loaded, self._problem, self._library, printed, self._troubles)

    @property
    def pid(self) -> int:
        """Process id of the host, 0 without one."""
        return self._process.pid if self._process else 0

    async def ask(self, request: m.Request) -> m.Message:
        """The host's answer. Raises HelperError: the host's failure, or MODULE_CRASHED, MODULE_TIMEOUT for the request that
        the library died in, NOT_LOGGED_IN for those behind it that needed the login, MODULE_NOT_LOADED."""
        if self._stopped:
            raise HelperError(Code.SERVICE_STOPPING)
        if self._problem:
            raise HelperError(self._problem.code, self._problem.detail)
        return await self._line.ask(request)

    async def start(self) -> None:
        """Start the host; returns when its library is loaded, or has failed to and `state.problem` tells why."""
        await asyncio.shield(self._start_soon())

    async def revive(self) -> None:
        """Try a module that failed once more; wait for one that is still starting."""
        if self._stopped or self._loaded:
            return
        self._problem = None
        self._ends.clear()
        await self.start()

    async def stop(self) -> None:
        """End the host; everyone who waits gets SERVICE_STOPPING. Returns when every process of this module is gone."""
        self._stopped = True
        self._line.fail_all(HelperError(Code.SERVICE_STOPPING))
        if self._starting:
            await asyncio.wait([self._starting])
        if self._process:
            self._loaded = False
            self._former.add(self._process)
        await asyncio.gather(*(process.stop() for process in self._former))
        self._process = None

    async def retire(self) -> None:
        """Stop, and tell that its tokens are gone."""
        await self.stop()
        self._logins_ended()
        self._now_present([])

    def _start_soon(self) -> asyncio.Task[None]:
        if self._starting is None or self._starting.done():
            self._starting = asyncio.get_running_loop().create_task(self._start())
        return self._starting

    async def _start(self) -> None:
        """Start hosts until one has its library loaded, or there is no point in it."""
        while self._wanted():
            try:
                process = self._process = await HostProcess.start(self, self.place.environment)
                if not self._wanted():
                    return
                answer = await self._line.ask_alone(self._load_request())
            except OSError as problem:
                self._give_up(str(problem))
            except HelperError as failure:
                # A crash while loading is tried again (`ended` counts); a hang or a refusal would only repeat itself.
                if failure.code is not Code.MODULE_CRASHED:
                    mismatch = failure.code is Code.DRIVER_MISMATCH
                    self._give_up(failure.detail or failure.code, failure.code if mismatch else Code.MODULE_NOT_LOADED)
            else:
                if self._process is process and isinstance(answer, m.Loaded):
                    self._ready(answer)

    def _wanted(self) -> bool:
        return not (self._loaded or self._problem or self._stopped)

    def _load_request(self) -> m.Load:
        driver = self.place.driver
        tries = {str(state): left for state, left in driver.tries.items()}
        folder = str(self.place.practice_folder or "")
        return m.Load(str(self.place.path), driver.name, driver.rescan, tries, folder, self.place.interface)

    def _ready(self, loaded: m.Loaded) -> None:
        self._loaded = True
        self._library = loaded.library
        self._now_present(loaded.tokens, loaded.troubles)
        self._line.open()

    def _give_up(self, why: str, code: Code = Code.MODULE_NOT_LOADED) -> None:
        self._problem = HelperError(code, f"{self.place.path.name}: {why}")
        self._line.fail_all(self._problem)
        self._now_present([])
        if self._process:
            self._process.kill()

    def _send(self, number: int, request: m.Request) -> None:
        if self._process:
            self._process.send(number, request)

    # What the process tells

    def received(self, number: int, message: m.Message) -> None:
        if isinstance(message, m.Tokens):
            self._take_news(message)
            return
        waiting = self._line.answered(number, message)
        self._note_login(waiting, message)

    def ended(self) -> None:
        """The host is gone, by itself or by us."""
        process, self._process, self._loaded = self._process, None, False
        if process:
            self._printed = process.diagnosis
            self._remember(process)
        why, self._why = self._why, Code.MODULE_CRASHED
        self._line.interrupted(HelperError(why, self.place.path.name))
        self._logins_ended()
        if self._stopped or self._problem:
            return
        now = asyncio.get_running_loop().time()
        self._ends.append(now)
        if len(self._ends) == RESTARTS and now - self._ends[0] < RESTART_PERIOD:
            self._give_up(f"{RESTARTS} × {Code.MODULE_CRASHED}")
        else:
            self._start_soon()

    def _remember(self, process: HostProcess) -> None:
        self._former = {former for former in self._former if not former.is_gone} | {process}

    def _hung(self) -> None:
        self._why = Code.MODULE_TIMEOUT
        if self._process:
            self._process.kill()

    def _take_news(self, news: m.Tokens) -> None:
        self.tokens = {info.id: info for info in news.tokens}
        self._troubles = tuple(news.troubles)
        for event in news.events:
            if event.kind is EventKind.LOGIN_ENDED:
                self._logged_in.discard(event.token_id)
            self._tell(event)

    def _now_present(self, infos: Sequence[TokenInfo], troubles: Sequence[SlotTrouble] = ()) -> None:
        """After a new start: what differs from before."""
        self._troubles = tuple(troubles)
        before, self.tokens = self.tokens, {info.id: info for info in infos}
        for token_id in before.keys() - self.tokens.keys():
            self._tell(TokenEvent(EventKind.UNPLUGGED, token_id))
        for token_id, info in self.tokens.items():
            if token_id not in before:
                self._tell(TokenEvent(EventKind.PLUGGED, token_id))
            elif info != before[token_id]:
                self._tell(TokenEvent(EventKind.CHANGED, token_id))

    def _logins_ended(self) -> None:
        ended, self._logged_in = self._logged_in, set()
        for token_id in ended:
            self._tell(TokenEvent(EventKind.LOGIN_ENDED, token_id))

    def _note_login(self, waiting: Waiting, message: m.Message) -> None:
        """Keep track of who is logged in. A login whose caller gave up meanwhile is taken back, unless another waits."""
        request = waiting.request
        if isinstance(request, m.Logout):
            self._logged_in.discard(request.token_id)
        if not isinstance(request, m.Login) or not isinstance(message, m.LoggedIn):
            return
        token_id = request.token_id
        self._logged_in.add(token_id)
        orphan = message.first and waiting.answer.cancelled()
        if orphan and not self._line.any_waiting(
            lambda other: isinstance(other, m.Login) and other.token_id == token_id
        ):
            self._line.put_first(m.Logout(token_id))
