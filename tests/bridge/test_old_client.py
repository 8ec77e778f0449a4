"""A page's client as the reference describes it: requests by concatenation, one at a time, `split` and `eval`.

It runs in Node over real sockets; the assistant is a stand-in.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.bridge.node import run
from tests.bridge.standin import ORIGIN, StandIn, running

pytestmark = pytest.mark.anyio

CLIENT = r"""
const WebSocket = require("ws");
const [url, origin] = process.argv.slice(1);
const socket = new WebSocket(url, { origin });
const answers = {};
let greeted;

function ask(name, body) {
  return new Promise((resolve, reject) => {
    socket.onclose = event => reject(new Error("closed " + event.code));
    socket.onmessage = event => {
      const fields = event.data.split("|");
      if (fields[0] !== "1" || fields[1] !== name) { reject(new Error(event.data)); return; }
      resolve(eval("(" + fields[2] + ")"));
    };
    socket.send(body === undefined ? "1|" + name : "1|" + name + "|" + body);
  });
}

socket.onerror = event => { console.error(event.message); process.exit(1); };
socket.onopen = async () => {
  await new Promise(resolve => {
    socket.onmessage = event => { greeted = event.data.split("|"); resolve(); };
    socket.send("0|" + new Date().getTime());
  });
  answers.greeting = [greeted[0], greeted[1].indexOf("Welcome")];
  const debug = Buffer.from("HKEY_CURRENT_USERSoftwareHebcaClientX").toString("base64");
  const key = Buffer.from("\\HKEY_CURRENT_USER\\Software\\Hebca\\ClientX").toString("base64");
  const b64 = text => Buffer.from(text).toString("base64");
  answers.debug = await ask("ReadRegB64", "{\"key\":\"" + debug + "\",\"name\":\"" + b64("p11ObjectDebug") + "\"}");
  answers.version = await ask("ReadRegB64", "{\"key\":\"" + key + "\",\"name\":\"" + b64("version") + "\"}");
  answers.count = await ask("GetSignCertCount", "");
  answers.list = await ask("GetCertList");
  answers.chosen = await ask("GetSignCert", "{\"index\":" + 0 + "}");
  answers.subject = await ask("GetSubjectItem", "{\"index\":" + "CN" + "}");
  answers.unit = await ask("GetSubjectItem", "{\"index\":" + undefined + "}");
  const text = "第一行\n\"引号\" C:\\数据\\x | 竖线 <b>";
  answers.signed = await ask("SignText", "{\"signText\":\"" + text + "\"}");
  answers.online = await ask("IsCertOnline", "{\"cn\":\"" + answers.subject.content + "\"}");
  answers.login = await ask("Login", "{\"pin\":\"" + "12\"34\\x" + "\"}");
  answers.unknown = await ask("NoSuchFunction", "{\"a\":\"" + "\"" + "\"}");
  answers.execute = await ask("Execute", "{\"filename\":\"C:\\Windows\\calc.exe\",\"args\":\"\",\"wait\":undefined}");
  console.log(JSON.stringify(answers));
  socket.onclose = null;
  socket.close();
};
"""
SIGNED = '第一行\n"引号" C:\\数据\\x | 竖线 <b>'


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
async def test_an_old_page_s_client_works_unmodified(host: str) -> None:
    standin = StandIn()
    async with running(standin) as service:
        url = f"ws://{host}:{service.port}/test"
        answers: dict[str, Any] = json.loads(await asyncio.to_thread(run, CLIENT, "", url, ORIGIN))
    assert answers["greeting"] == ["0", 0]
    assert answers["debug"]["ret"] != 0
    assert answers["version"]["value"] == 0x080309
    assert answers["count"] == {"ret": 0, "msg": "", "count": 2}
    assert answers["list"]["certsnlist"] == "a1b;b"
    assert answers["subject"]["content"] == answers["unit"]["content"] == "演练单位|一号<甲>"
    assert standin.signed == [(SIGNED.encode("gbk"), SIGNED)]
    assert answers["signed"]["ret"] == 0
    assert answers["online"]["result"] == 1
    assert standin.pins == ['12"34\\x']
    assert answers["unknown"]["ret"] < 0
    assert answers["execute"]["ret"] < 0
