"""Files that a page names: what is asked, what is encrypted and decrypted, and what is left when it fails."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from hebca_helper.assistant.files.encrypting import Pair
from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.errors import Code, HelperError
from tests.assistant.scene import TRUSTED, Scene, open_scene
from tests.failures import failure

pytestmark = pytest.mark.anyio
PIN = "123456"
KEY = secrets.token_bytes(32)


def agree(scene: Scene, *kinds: ConfirmKind) -> None:
    scene.person.decisions.update(dict.fromkeys(kinds, Decision.ONCE))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def content(path: str) -> bytes:
    return Path(path).read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    (made / "plain.txt").write_bytes(b"content " * 100_000)
    return made


async def test_a_file_goes_there_and_back_after_both_paths_are_confirmed(home: Path, folder: Path) -> None:
    async with open_scene(home) as scene:
        agree(scene, ConfirmKind.ENCRYPT_FILE, ConfirmKind.DECRYPT_FILE)
        page, files = scene.page(), scene.assistant.files
        plain, sealed, back = (str(folder / name) for name in ("plain.txt", "sealed", "back"))
        await files.encrypt(page, KEY, plain, sealed)
        [asked] = scene.person.confirmations(ConfirmKind.ENCRYPT_FILE)
        assert plain in asked.subject
        assert sealed in asked.subject
        assert "800,000" in asked.subject
        await files.decrypt(page, KEY, sealed, back)
        assert content(back) == content(plain)
        assert (await failure(files.decrypt(page, b"k" * 32, sealed, back + "2"))).code is Code.DECRYPTION_FAILED
        assert (await failure(files.decrypt(page, KEY, plain, back + "2"))).code is Code.DECRYPTION_FAILED
        assert (await failure(files.encrypt(page, b"short", plain, back + "2"))).code is Code.BAD_REQUEST
        assert names_in(folder) == ["back", "plain.txt", "sealed"]


@pytest.mark.parametrize(("size", "fine"), [(15, False), (16, True), (1024, True), (1025, False)])
async def test_the_shortest_and_the_longest_key_of_a_file(home: Path, folder: Path, size: int, fine: bool) -> None:
    async with open_scene(home) as scene:
        agree(scene, ConfirmKind.ENCRYPT_FILE, ConfirmKind.DECRYPT_FILE)
        page, files, key = scene.page(), scene.assistant.files, b"k" * size
        plain, sealed, back = (str(folder / name) for name in ("plain.txt", "sealed", "back"))
        if fine:
            await files.encrypt(page, key, plain, sealed)
            await files.decrypt(page, key, sealed, back)
            assert content(back) == content(plain)
        else:
            assert (await failure(files.encrypt(page, key, plain, sealed))).code is Code.BAD_REQUEST
            assert (await failure(files.decrypt(page, key, plain, sealed))).code is Code.BAD_REQUEST
            assert scene.person.confirmations(ConfirmKind.ENCRYPT_FILE) == []


async def test_both_names_are_judged_before_anybody_is_asked(home: Path, folder: Path) -> None:
    async with open_scene(home) as scene:
        page, plain = scene.page(), str(folder / "plain.txt")
        for names in ((plain, "/dev/null"), ("/dev/zero", plain), (plain, f"{folder}/a\nb"), ("plain.txt", plain)):
            assert (await failure(scene.assistant.files.encrypt(page, KEY, *names))).code is Code.BAD_REQUEST
        assert scene.person.confirmations(ConfirmKind.ENCRYPT_FILE) == []


async def test_a_refused_file_is_not_kept_open(home: Path, folder: Path) -> None:
    async with open_scene(home) as scene:
        page = scene.page()
        await scene.assistant.admit(page)
        scene.person.decisions[ConfirmKind.ENCRYPT_FILE] = Decision.NO
        encrypting = scene.assistant.files.encrypt(page, KEY, str(folder / "plain.txt"), str(folder / "a"))
        assert (await failure(encrypting)).code is Code.USER_CANCELLED
        assert [each.path for each in psutil.Process().open_files() if each.path.startswith(str(folder))] == []


async def test_a_page_that_goes_ends_the_work_and_leaves_no_file(home: Path, folder: Path) -> None:
    """The thread reads on demand: it is told to stop between two pieces."""
    async with open_scene(home) as scene:
        agree(scene, ConfirmKind.ENCRYPT_FILE)
        pair = Pair(str(folder / "plain.txt"), str(folder / "a"), home)
        stopped, read = threading.Event(), list[bytes]()

        def convert(key: bytes, take: Callable[[int], bytes], put: Callable[[bytes], object]) -> None:
            read.append(take(8))
            stopped.set()
            take(8)

        with pytest.raises(HelperError) as refused:
            pair.convert(KEY, convert, stopped)
        assert refused.value.code is Code.USER_CANCELLED
        assert read == [b"content "]
        assert names_in(folder) == ["plain.txt"]


async def test_overwriting_is_a_question_of_its_own(home: Path, folder: Path) -> None:
    async with open_scene(home) as scene:
        agree(scene, ConfirmKind.ENCRYPT_FILE)
        scene.person.decisions[ConfirmKind.OVERWRITE_FILE] = Decision.NO
        target = folder / "there"
        target.write_bytes(b"old")
        encrypt = scene.assistant.files.encrypt
        arguments = (scene.page(), KEY, str(folder / "plain.txt"), str(target))
        assert (await failure(encrypt(*arguments))).code is Code.USER_CANCELLED
        assert [asked.subject for asked in scene.person.confirmations(ConfirmKind.OVERWRITE_FILE)] == [str(target)]
        assert target.read_bytes() == b"old"
        agree(scene, ConfirmKind.OVERWRITE_FILE)
        await encrypt(*arguments)
        assert target.read_bytes() != b"old"


async def test_what_takes_the_name_after_the_question_is_kept(home: Path, folder: Path) -> None:
    async with open_scene(home) as scene:
        agree(scene, ConfirmKind.ENCRYPT_FILE)
        target, confirm = folder / "there", scene.person.confirm

        async def slow(question: Any) -> Decision:
            target.write_bytes(b"meanwhile")
            return await confirm(question)

        scene.person.confirm = slow  # type: ignore[method-assign]
        page = scene.page()
        await scene.assistant.admit(page)
        target.unlink()
        encrypting = scene.assistant.files.encrypt(page, KEY, str(folder / "plain.txt"), str(target))
        assert (await failure(encrypting)).code is Code.FILE_UNREADABLE
        assert target.read_bytes() == b"meanwhile"
        assert names_in(folder) == ["plain.txt", "there"]


async def test_links_folders_and_our_own_files_are_no_files(home: Path, folder: Path) -> None:
    (folder / "link").symlink_to(folder / "plain.txt")
    (folder / "ours").symlink_to(home)
    (home / "secret").write_bytes(b"x")
    async with open_scene(home) as scene:
        agree(scene, ConfirmKind.ENCRYPT_FILE)
        page = scene.page()
        pairs = [("link", "a"), ("missing", "a"), (".", "a"), ("ours/secret", "a"), ("plain.txt", "link"),
                 ("plain.txt", "ours/b"), ("plain.txt", "missing/b")]  # fmt: skip
        codes = set()
        for source, target in pairs:
            names = (str(folder / source), str(folder / target))
            codes.add((await failure(scene.assistant.files.encrypt(page, KEY, *names))).code)
        assert codes == {Code.FILE_UNREADABLE}
        # a page learns of no file without the person having been asked
        assert len(scene.person.confirmations(ConfirmKind.ENCRYPT_FILE)) == len(pairs)
        assert "b" not in names_in(home)


async def test_files_need_a_person(home: Path, folder: Path) -> None:
    async with open_scene(home) as scene:
        scene.assistant.answer_unattended(PIN)
        files = scene.assistant.files
        for source in ("plain.txt", "missing"):
            names = (str(folder / source), str(folder / "b"))
            assert (await failure(files.encrypt(scene.page(TRUSTED), KEY, *names))).code is Code.PERSON_NEEDED
            assert (await failure(files.decrypt(scene.page(TRUSTED), KEY, *names))).code is Code.PERSON_NEEDED
