"""May this site connect? The first question of every page (house rule 1)."""

from __future__ import annotations

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.person.dialogs import DialogQueue
from hebca_helper.assistant.person.prompts import Confirm, ConfirmKind, Decision, Prompts
from hebca_helper.assistant.sites.origins import OriginBook, OriginClass, Standing
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

_LET_IN = frozenset({OriginClass.ALLOWED, OriginClass.TRUSTED})


class Admission:
    """Keeps the person's word: for this connection, for this run, or in the origin book."""

    def __init__(self, origins: OriginBook, dialogs: DialogQueue, refuse_unknown: bool) -> None:
        self._origins = origins
        self._dialogs = dialogs
        self.refuse_unknown = refuse_unknown
        """Unknown sites are turned away without a question."""
        self._this_run: set[str] = set()

    def is_admitted(self, connection: Connection) -> bool:
        """True where nobody needs to be asked (any more)."""
        origin = connection.asker.origin
        if origin is None:
            return True
        origin_class = self._origins.classify(origin)
        if origin_class is OriginClass.BLOCKED:
            return False
        return connection.admitted or origin_class in _LET_IN or origin in self._this_run

    def announce(self, origin: str) -> None:
        """The person opened this origin through a quick link: that answers the question for this run."""
        self._this_run.add(origin)

    def withdraw(self, origin: str) -> None:
        """Take such an answer back, for connections that come from now on."""
        self._this_run.discard(origin)

    async def admit(self, connection: Connection, prompts: Prompts) -> bool:
        """Let the connection in, asking the person where the table says so. True when the person was asked.

        HelperError(DENIED_BY_POLICY) where it may not; a refusal holds for this connection.
        """
        if self.is_admitted(connection):
            return False
        self._require_askable(connection)

        def refuse() -> None:
            connection.refused = True

        async with self._dialogs.turn(connection.asker, refuse):
            if self.is_admitted(connection):  # another tab of the same site asked meanwhile
                return False
            self._require_askable(connection)
            decision = await prompts.confirm(self._question(connection))
            self._keep(connection, decision)
        return True

    def _require_askable(self, connection: Connection) -> None:
        origin_class = self._origins.classify(connection.asker.origin or "")
        silent = origin_class is OriginClass.UNKNOWN and self.refuse_unknown
        if connection.refused or silent or origin_class is OriginClass.BLOCKED:
            raise HelperError(Code.DENIED_BY_POLICY)

    def _question(self, connection: Connection) -> Confirm:
        standing = self._origins.standing(connection.asker.origin or "")
        return Confirm(
            connection.asker,
            ConfirmKind.CONNECT,
            warning=_warning(standing),
            may_remember=not standing.insecure,
            waiting=self._dialogs.strangers,
        )

    def _keep(self, connection: Connection, decision: Decision) -> None:
        origin = connection.asker.origin or ""
        if decision is Decision.BLOCK:
            self._origins.set_class(origin, OriginClass.BLOCKED)
        if decision is Decision.REFUSE_ALL:
            self._dialogs.refuse_strangers()
        if decision in (Decision.NO, Decision.BLOCK, Decision.REFUSE_ALL):
            connection.refused = True
            raise HelperError(Code.DENIED_BY_POLICY)
        connection.admitted = True
        if self._origins.standing(origin).insecure:
            return
        if decision is Decision.REMEMBER:
            self._origins.set_class(origin, OriginClass.ALLOWED)
        else:
            self._this_run.add(origin)


def _warning(standing: Standing) -> str:
    if standing.insecure:
        return tr("连接不安全：这个网站没有加密，同一网络中的他人可以冒充它")
    if standing.origin_class is OriginClass.UNKNOWN:
        return tr("这个网站不在证书助手的网站目录中，请确认是您要办事的网站")
    return ""
