"""A page guesses PINs through every function that takes one: it costs one try, whatever the page does (house rule 2)."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

from hebca_helper.bridge.certificate_service.functions import FUNCTIONS, Function, Standing
from hebca_helper.errors import Code
from hebca_helper.tokens.practice_state import TRIES
from tests.practice_homes import put_practice_usbkey
from tests.security.conftest import OTHER, PIN, PORTAL, STRANGER, Guarded, guarded
from tests.security.samples import DENIED, number
from tests.security.wire import Wire, frame


def _names(function: Function) -> set[str]:
    return {parameter.name for parameter in function.parameters}


TAKES_A_PIN = [
    function.name
    for function in FUNCTIONS.values()
    if function.standing is Standing.WORKS and {"pin", "password", "userpin", "adminpin"} & _names(function)
]


@contextmanager
def page(running: Guarded, origin: str = PORTAL) -> Iterator[Wire]:
    """A page with the signing certificate selected."""
    with Wire(running.port, origin) as opened:
        opened.ask("1|SelectSignCert")
        yield opened


def serial(opened: Wire) -> str:
    return str(opened.ask("1|GetCertList").get("certsnlist", "1")).split(";")[0]


def guess(opened: Wire, function: str, pin: str) -> int:
    return int(opened.ask(guessing(opened, function, pin))["ret"])


def guessing(opened: Wire, function: str, pin: str) -> str:
    known = {"pin": pin, "password": pin, "userpin": pin, "adminpin": pin, "certSN": serial(opened)}
    known["url"] = "https://www.hebca.com/"
    names = _names(FUNCTIONS[function])
    return f"1|{function}|{json.dumps({name: known[name] for name in known if name in names})}"


def test_there_are_channels_to_try() -> None:
    assert {"Login", "CspLogin", "UnUICertLogin"} <= set(TAKES_A_PIN)


def test_one_wrong_pin_closes_every_channel_to_every_page_for_good(home: Path) -> None:
    put_practice_usbkey(home)
    with guarded(home) as running:
        with page(running) as first:
            assert guess(first, "Login", "000000") == number(Code.PIN_INCORRECT)
        for origin in (PORTAL, OTHER):
            for function in TAKES_A_PIN:
                with page(running, origin) as again:
                    assert guess(again, function, "000001") != 0
                    assert guess(again, function, PIN) != 0  # the right one too: it would tell that it is
        assert running.tries_left() == TRIES - 1
    with guarded(home) as restarted, page(restarted, OTHER) as late:
        for function in TAKES_A_PIN:
            assert guess(late, function, PIN) != 0
        assert restarted.tries_left() == TRIES - 1
        # The person at our own dialog opens the way again (here the unattended one).
        assert late.ask("1|UILogin")["ret"] == 0
        assert late.ask("1|Logout")["ret"] == 0
        assert guess(late, "Login", PIN) == 0


def test_many_pages_at_once_have_one_guess_together(own: Guarded) -> None:
    start = threading.Barrier(12)

    def one(number: int) -> int:
        with page(own, (PORTAL, OTHER)[number % 2]) as opened:
            call = guessing(opened, TAKES_A_PIN[number % len(TAKES_A_PIN)], f"00000{number % 10}")
            start.wait(60)
            return int(opened.ask(call)["ret"])

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(one, range(12)))
    assert 0 not in answers
    assert answers.count(number(Code.PIN_INCORRECT)) <= 1
    assert own.tries_left() >= TRIES - 1


def test_programs_of_one_home_give_one_guess_together(home: Path) -> None:
    put_practice_usbkey(home)
    start = threading.Barrier(3)

    def one(running: Guarded, pin: str) -> int:
        with page(running) as opened:
            call = guessing(opened, "Login", pin)
            start.wait(60)
            return int(opened.ask(call)["ret"])

    with ExitStack() as stack:
        programs = [stack.enter_context(guarded(home, "seal_port = 0\nhttps_port = 0\n")) for _ in range(3)]
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(one, programs, ("000000", "000001", "000002")))
        assert sorted(answers) == sorted([number(Code.PIN_INCORRECT)] + 2 * [number(Code.PIN_PAGE_REFUSED)])
        for running in programs:
            with page(running, OTHER) as opened:
                assert guess(opened, "Login", PIN) == number(Code.PIN_PAGE_REFUSED)
        assert programs[0].tries_left() == TRIES - 1


def test_a_page_that_hangs_up_in_mid_guess_has_spent_its_guess(own: Guarded) -> None:
    for turn in range(8):
        with page(own) as opened:
            opened.send(frame(guessing(opened, "Login", f"00000{turn}")))
    with page(own) as after:
        assert guess(after, "Login", PIN) == number(Code.PIN_PAGE_REFUSED)
    assert own.tries_left() >= TRIES - 1


def test_a_guess_while_another_is_logged_in_costs_no_try_and_is_the_last(own: Guarded) -> None:
    """PKCS#11 would accept anything then: the PIN is compared in the token host."""
    with page(own, OTHER) as owner, page(own) as guesser:
        assert owner.ask("1|UILogin")["ret"] == 0
        assert guess(guesser, "Login", "000000") == number(Code.PIN_INCORRECT)
        for function in TAKES_A_PIN:
            assert guess(guesser, function, PIN) != 0
        assert own.tries_left() == TRIES
        assert guesser.ask('1|SignText|{"signText":"text"}').get("msg") is not None


@pytest.mark.parametrize("pin", ["", "0", "0" * 300, "\x00", '"}', "undefined", "密码密码", "123456\x00", " 123456"])
def test_what_can_be_no_pin_gives_no_second_guess(own: Guarded, pin: str) -> None:
    with page(own) as opened:
        assert guess(opened, "Login", pin) != 0
        assert guess(opened, "Login", "000000") != 0
        assert guess(opened, "Login", "000001") != 0
    assert own.tries_left() >= TRIES - 1


def test_a_stranger_guesses_nothing(running: Guarded) -> None:
    with Wire(running.port, STRANGER) as opened:
        for function in TAKES_A_PIN:
            assert guess(opened, function, PIN) == DENIED
    assert running.tries_left() == TRIES


def test_a_pin_from_a_page_is_written_nowhere(own: Guarded) -> None:
    secret = "Geheim-7391"
    with page(own) as opened:
        for function in TAKES_A_PIN:
            guess(opened, function, secret)
        opened.ask(f"1|Execute|{secret}")
        opened.send(frame(f"1|Login|{{'pin':{secret}"))
        opened.receive()
    for path in own.home.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path
    for process in (own.process, *own.process.children(recursive=True)):
        assert secret not in " ".join(process.cmdline())
        try:
            assert secret not in str(process.environ())
        except psutil.AccessDenied:  # what a hardened process was started with belongs to root
            assert os.geteuid() != 0
