"""The tray's icon in one word: nothing plugged in, ready, logged in, or something that a person must do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.icons import icon
from hebca_helper.desktop.presence.status import Condition, Status
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import PinState
from tests.desktop.questions import TOKEN, Office

pytestmark = pytest.mark.desktop


@pytest.fixture
def status(link: Link) -> Status:
    return Status(link, TokenState(link))


def plug(status: Status, office: Office, days: int = 200, pin_state: PinState = PinState.FINE) -> None:
    token = replace(TOKEN, pin_state=pin_state)
    status._state.tokens = [token]
    status._state.entries = [office.entry(days, token=token)]


def test_a_usual_day(status: Status, office: Office) -> None:
    assert (status.condition, status.text) == (Condition.NONE, "未插入 USBKEY")
    plug(status, office)
    assert (status.condition, status.text) == (Condition.READY, "已插入 USBKEY")
    status._note(TOKEN.id, held=True)
    assert (status.condition, status.text) == (Condition.LOGGED_IN, "证书已登录")
    status._note(TOKEN.id, held=False)
    assert status.condition is Condition.READY


def test_what_a_person_must_mend_comes_first(status: Status, office: Office) -> None:
    plug(status, office, pin_state=PinState.LOCKED)
    assert (status.condition, status.text) == (Condition.PROBLEM, "证书密码已锁定")
    plug(status, office, days=-3)
    assert (status.condition, status.text) == (Condition.PROBLEM, "证书已过期")
    plug(status, office)
    status._state.problem = HelperError(Code.MODULE_CRASHED)
    assert status.condition is Condition.PROBLEM
    assert status.text == HelperError(Code.MODULE_CRASHED).text


def test_the_last_of_several_logins_is_the_log_out(status: Status) -> None:
    outs: list[bool] = []
    status.logged_out.connect(lambda: outs.append(True))
    status._note("a", held=True)
    status._note("b", held=True)
    status._note("a", held=False)
    assert outs == []
    status._note("b", held=False)
    assert outs == [True]


def test_each_condition_has_its_picture(application: QApplication) -> None:
    pictures = [icon(condition).pixmap(32, 32).toImage() for condition in Condition]
    assert all(not picture.isNull() for picture in pictures)
    assert all(one != other for place, one in enumerate(pictures) for other in pictures[:place])
