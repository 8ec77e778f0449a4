"""PDFs for the person who is logged in: what was filed, and the centre's receipt for it."""

from __future__ import annotations

from datetime import UTC, datetime

from hebca_helper.practice.hall.materials.forms import Filing
from hebca_helper.practice.hall.materials.model import PaperState
from hebca_helper.practice.hall.refusals import HallError, Reason
from hebca_helper.practice.hall.visits import Visit
from hebca_helper.texts import tr


async def paper(visit: Visit, number: int) -> bytes:
    """预览: sealed when it is uploaded, as it was made before."""
    found = visit.services.materials.paper(visit.need_account().id, number)
    return found.stamped or found.made


async def receipt(visit: Visit, number: int) -> bytes:
    """回执, with the centre's own seal."""
    account = visit.need_account()
    found = visit.services.materials.paper(account.id, number)
    if found.state is not PaperState.UPLOADED or found.uploaded_at is None:
        raise HallError(Reason.OUT_OF_ORDER, tr("这份材料还没有上传"))
    moment = datetime.fromtimestamp(found.uploaded_at, UTC)
    filing = Filing(account.unit_name or "", account.unit or "", account.person, found.serial, moment)
    return await visit.services.receipts.receipt(filing, found.title, moment)
