"""The practice USBKEY as other programs see it, and what making it anew, crashes and running assistants do to it."""

from __future__ import annotations

import asyncio
import hashlib
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.practice.in_use import practice_lock, rebuild_lock
from hebca_helper.practice.record import practice_fingerprints, read_record
from hebca_helper.practice.trust import PracticeTrust
from hebca_helper.practice.usbkey import PracticeReport, plug, unplug
from hebca_helper.practice.usbkey import init as init_practice
from hebca_helper.tokens.discovery import ModulePlace
from hebca_helper.tokens.model import EventKind, TokenEvent
from hebca_helper.tokens.practice_state import load_state
from hebca_helper.tokens.service import TokenService
from tests.practice.openssl import openssl
from tests.practice.test_scenarios import look, running

pytestmark = pytest.mark.anyio

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"


async def init(home: Path, *, ec: bool = True, **options: Any) -> PracticeReport:
    """Elliptic curves unless told otherwise: their keys are made in no time."""
    return await init_practice(home, ec=ec, **options)


def pkcs11_tool(home: Path, *arguments: str | Path) -> str:
    """Another program's view of the same tokens."""
    command = ["pkcs11-tool", "--module", SOFTHSM, *map(str, arguments)]
    environment = {
        "SOFTHSM2_CONF": str(home / "practice" / "softhsm2.conf"),
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
    }
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True).stdout


def everything(folder: Path) -> dict[str, tuple[int, str]]:
    """Change time and content of every file below."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files}


async def test_other_programs_read_the_token_and_its_key_signs(
    home: Path, clock: Callable[[], datetime], tmp_path: Path
) -> None:
    await init(home, ec=False, clock=clock)
    assert "演练USBKEY" in pkcs11_tool(home, "-T")
    objects = pkcs11_tool(home, "-O", "--login", "--pin", "123456")
    kinds = [line.split(";")[0] for line in objects.splitlines() if not line.startswith(" ")]
    assert sorted(kinds) == sorted(
        ["Certificate Object", "Private Key Object", "Public Key Object"] * 2 + ["Data object"]
    ) or (kinds.count("Certificate Object") == 2 and kinds.count("Private Key Object") == 2)
    assert "演练科技有限公司签名证书" in objects

    certificate, public_key = tmp_path / "signing.der", tmp_path / "signing.pub"
    pkcs11_tool(home, "-r", "--type", "cert", "--id", "01", "-o", certificate)
    public_key.write_text(openssl("x509", "-inform", "DER", "-in", certificate, "-noout", "-pubkey"))
    text, signature = tmp_path / "text", tmp_path / "signature"
    text.write_text("演练")
    signing = ("-s", "-m", "SHA256-RSA-PKCS", "--id", "01", "-i", text, "-o", signature)
    pkcs11_tool(home, "--login", "--pin", "123456", *signing)
    assert "Verified OK" in openssl("dgst", "-sha256", "-verify", public_key, "-signature", signature, text)


async def test_the_keys_cannot_leave_the_token(home: Path, clock: Callable[[], datetime]) -> None:
    await init(home, clock=clock)
    objects = pkcs11_tool(home, "-O", "--login", "--pin", "123456", "--type", "privkey")
    assert objects.count("sensitive, always sensitive, never extractable") == 2


async def test_only_the_user_can_look_into_the_folders(home: Path, clock: Callable[[], datetime]) -> None:
    await init(home, clock=clock)
    folders = [path for path in (home / "practice").rglob("*") if path.is_dir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in [home / "practice", *folders]} == {0o700}


async def test_a_second_init_changes_nothing_and_says_so(home: Path, clock: Callable[[], datetime]) -> None:
    first = await init(home, clock=clock)
    before = everything(home)
    with practice_lock(home):  # not even a running assistant minds
        second = await init(home, clock=clock)
    assert (first.changed, second.changed) == (True, False)
    assert second.record == first.record
    assert everything(home) == before
    assert "没有改动" in second.lines[0]
    assert all("演练" in line for line in first.lines)


async def test_again_another_scenario_or_another_key_kind_makes_it_anew(
    home: Path, clock: Callable[[], datetime]
) -> None:
    made = [
        await init(home, clock=clock),
        await init(home, clock=clock, again=True),
        await init(home, clock=clock, scenario="expiring"),
        await init(home, clock=clock, scenario="expiring", ec=False),
    ]
    assert all(report.changed for report in made)
    assert len({report.record.tokens[0].serial for report in made}) == 4
    assert [token.serial for token in (await look(home)).tokens] == [made[-1].record.tokens[0].serial]
    assert len(list((home / "practice" / "tokens").iterdir())) == 1


async def test_one_that_ran_out_since_is_made_anew(home: Path, clock: Callable[[], datetime]) -> None:
    await init(home, clock=clock)
    later = await init(home, clock=lambda: clock() + timedelta(days=400))
    assert later.changed


async def test_the_ca_stays_when_the_token_is_made_anew(home: Path, clock: Callable[[], datetime]) -> None:
    await init(home, clock=clock)
    before = PracticeTrust(home, clock).ca_certificates()
    await init(home, clock=clock, again=True)
    assert PracticeTrust(home, clock).ca_certificates() == before


async def test_certificates_are_on_record_and_proven_by_this_homes_ca_only(
    home: Path, tmp_path: Path, clock: Callable[[], datetime]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    await init(home, clock=clock)
    await init(other, clock=clock)
    seen = (await look(home)).certificates
    assert {item.fingerprint for item in seen} == practice_fingerprints(home)
    assert all(PracticeTrust(home, clock).issued(item) for item in seen)
    assert not any(PracticeTrust(other, clock).issued(item) for item in seen)
    assert not any(PracticeTrust(tmp_path / "nobody", clock).issued(item) for item in seen)


def _breaking(method: str, problem: BaseException) -> Callable[[Sequence[ModulePlace]], TokenService]:
    """A real token service that fails at one step."""

    async def fail(*_: Any) -> Any:
        raise problem

    def factory(modules: Sequence[ModulePlace]) -> TokenService:
        service = TokenService(modules)
        setattr(service, method, fail)
        return service

    return factory


@pytest.mark.parametrize("method", ["initialise", "login", "generate_key_pair", "write_certificate", "write_data"])
@pytest.mark.parametrize(
    "problem", [HelperError(Code.MODULE_CRASHED), asyncio.CancelledError()], ids=["crash", "cancel"]
)
async def test_a_failure_in_the_middle_leaves_the_old_token(
    home: Path, clock: Callable[[], datetime], method: str, problem: BaseException
) -> None:
    await init(home, clock=clock)
    before, seen = read_record(home), await look(home)
    with pytest.raises(type(problem)):
        await init(home, scenario="locked", clock=clock, service_factory=_breaking(method, problem))
    assert read_record(home) == before
    assert await look(home) == seen
    assert len(list((home / "practice" / "tokens").iterdir())) == 1
    assert (await init(home, scenario="locked", clock=clock)).changed


async def test_what_a_power_cut_left_is_removed_and_never_used(home: Path, clock: Callable[[], datetime]) -> None:
    await init(home, clock=clock)
    half_made = home / "practice" / "tokens" / "0123456789abcdef" / "store"
    half_made.mkdir(parents=True)
    assert not (await init(home, clock=clock)).changed
    await init(home, again=True, clock=clock)
    assert not half_made.exists()


async def test_what_was_counted_for_a_replaced_token_is_forgotten(home: Path, clock: Callable[[], datetime]) -> None:
    await init(home, scenario="last-try", clock=clock)
    unplug(home)
    made = await init(home, scenario="locked", clock=clock)
    state = load_state(home / "practice")
    assert (state.wrong_pins, state.unplugged) == ({made.record.tokens[0].serial: 10}, [])


async def test_a_damaged_ca_is_told_and_replaced_only_on_request(home: Path, clock: Callable[[], datetime]) -> None:
    await init(home, clock=clock)
    (home / "practice" / "ca" / "issuing.key").write_bytes(b"?")
    with pytest.raises(HelperError) as damaged:
        await init(home, scenario="expired", clock=clock)
    assert damaged.value.code is Code.FILE_UNREADABLE
    assert (await init(home, scenario="expired", again=True, clock=clock)).changed
    assert all(PracticeTrust(home, clock).issued(item) for item in (await look(home)).certificates)


async def test_a_home_may_have_any_name_that_softhsm_can_read(tmp_path: Path, clock: Callable[[], datetime]) -> None:
    usual = tmp_path / "我的 文档; 100%"
    await init(usual, clock=clock)
    linked = tmp_path / "linked"
    linked.symlink_to(usual)
    assert not (await init(linked, clock=clock)).changed
    assert len((await look(linked)).tokens) == 1

    with pytest.raises(HelperError) as unreadable:
        await init(tmp_path / "C#", clock=clock)
    assert unreadable.value.code is Code.FILE_UNREADABLE


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"directories.tokendir = /etc\n"])
async def test_a_damaged_configuration_counts_as_none(
    home: Path, clock: Callable[[], datetime], content: bytes
) -> None:
    await init(home, clock=clock)
    (home / "practice" / "softhsm2.conf").write_bytes(content)
    assert read_record(home) is None
    assert practice_fingerprints(home) == frozenset()
    assert (await init(home, clock=clock)).changed


async def test_a_configuration_that_names_tokens_elsewhere_is_not_this_homes(
    home: Path, tmp_path: Path, clock: Callable[[], datetime]
) -> None:
    await init(home, clock=clock)
    configuration = home / "practice" / "softhsm2.conf"
    configuration.write_text(configuration.read_text().replace(str(home), str(tmp_path / "elsewhere")))
    assert read_record(home) is None


async def test_an_unknown_scenario_names_those_that_exist(home: Path, clock: Callable[[], datetime]) -> None:
    with pytest.raises(HelperError) as unknown:
        await init(home, scenario="lost", clock=clock)
    assert unknown.value.code is Code.BAD_REQUEST
    assert "two-tokens" in unknown.value.detail


async def test_a_running_assistant_keeps_its_token(home: Path, clock: Callable[[], datetime]) -> None:
    await init(home, clock=clock)
    with practice_lock(home), practice_lock(home), pytest.raises(HelperError) as busy:
        await init(home, scenario="locked", clock=clock)
    assert busy.value.code is Code.PRACTICE_BUSY
    assert (await init(home, scenario="locked", clock=clock)).changed


def test_nobody_starts_while_the_token_is_made_anew(home: Path) -> None:
    with rebuild_lock(home), pytest.raises(HelperError) as busy, practice_lock(home):
        pytest.fail("started")
    assert busy.value.code is Code.PRACTICE_BUSY


def test_the_lock_of_a_killed_assistant_is_free(home: Path) -> None:
    holder = (
        "import sys; from pathlib import Path; from hebca_helper.practice.in_use import practice_lock\n"
        "with practice_lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as assistant:
        assert assistant.stdout and assistant.stdout.readline() == b"held\n"
        with pytest.raises(HelperError), rebuild_lock(home):
            pytest.fail("replaced")
        assistant.kill()
    with rebuild_lock(home):
        pass


async def test_a_running_assistant_sees_it_pulled_out_and_plugged_in(home: Path, clock: Callable[[], datetime]) -> None:
    await init(home, scenario="two-tokens", clock=clock)
    events: asyncio.Queue[TokenEvent] = asyncio.Queue()

    async def told(kind: EventKind) -> str:
        while (event := await asyncio.wait_for(events.get(), 60)).kind is not kind:
            pass
        return event.token_id

    async with running(home) as service:
        service.subscribe(events.put_nowait)
        first, second = await service.tokens()
        assert unplug(home, first.serial) == [first.serial]
        assert await told(EventKind.UNPLUGGED) == first.id
        assert [token.serial for token in await service.tokens()] == [second.serial]
        assert plug(home)
        assert await told(EventKind.PLUGGED) == first.id
        unplug(home)
        assert {await told(EventKind.UNPLUGGED), await told(EventKind.UNPLUGGED)} == {first.id, second.id}
        assert await service.tokens() == []


async def test_only_a_token_that_exists_can_be_pulled_out(home: Path, clock: Callable[[], datetime]) -> None:
    for attempt in (unplug, plug):
        with pytest.raises(HelperError) as missing:
            attempt(home)
        assert missing.value.code is Code.PRACTICE_MISSING
    await init(home, clock=clock)
    with pytest.raises(HelperError) as unknown:
        unplug(home, "no such serial")
    assert unknown.value.code is Code.PRACTICE_MISSING
