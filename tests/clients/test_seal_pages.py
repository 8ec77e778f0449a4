"""Seal clients of both generations, in Node, before the real seal service; poppler judges what they get."""

from __future__ import annotations

import base64
from pathlib import Path

from hebca_helper.errors import Code
from hebca_helper.places import HOME_VARIABLE
from tests.bridge.seal_service.office import WORDS, paper, pdfsig
from tests.clients.runtimes import node
from tests.clients.test_old_pages import number
from tests.practice_homes import put_practice_usbkey
from tests.running import serving


def test_both_generations_send_seal_and_end(tmp_path: Path) -> None:
    put_practice_usbkey(tmp_path)
    document = paper(3)
    given = {"pdf": base64.b64encode(document).decode(), "words": WORDS}
    with node() as runtime:
        arguments = ("--seal-port", "0", "--unattended", "--allow-origin", runtime.origin)
        with serving(*arguments, environment={HOME_VARIABLE: str(tmp_path)}) as service:
            answers = runtime.run(service.urls["seal_service"], "seals", given)
    said = {name: [answer for asked, answer in answers if asked == name] for name, _ in answers}
    assert said["SelectStamp"][0]["success"]
    assert said["GetSealCountInKey"][0]["count"] == 1
    sealed = [
        answer
        for answers in said.values()
        for answer in answers
        if isinstance(answer, dict) and "resultPacketCnt" in answer
    ]
    assert len(sealed) == 4
    for each in sealed:
        made = base64.b64decode(each["result"])
        assert made.startswith(document)
        assert "Signature is Valid" in pdfsig(made, tmp_path)
    assert [each["code"] for each in said["GetErrCode"]] == 2 * [number(Code.SEAL_PLACE_MISSING)]
    assert all(each["msg"] for each in said["GetErrMsg"])
    assert said["pulled"][0] == sealed[-1]["result"]
    assert said["text"] == [0]
    assert said["GetTextSignContent"][0]["ret"] != 0
