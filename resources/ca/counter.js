// The practice CA's page: reads the certificate, places the order, and asks the certificate service for the reset
// (protocol on ws://localhost:17212/test).
"use strict";

const hook = (name) => document.querySelector(`[data-testid="${name}"]`);

function say(kind, text) {
  const box = hook("message");
  box.hidden = false;
  box.dataset.kind = kind;
  box.textContent = text;
}

/** A function (name, request object) → answer object over one socket; rejects with a text for the person. */
function connect() {
  return new Promise((opened, failed) => {
    const socket = new WebSocket(`ws://localhost:${document.body.dataset.certificatePort}/test`);
    socket.onerror = () => failed("证书助手没有启动，请先打开证书助手再重试。");
    const call = (name, request) =>
      new Promise((done, refused) => {
        socket.onclose = () => refused("与证书助手的连接已断开，请重试。");
        socket.onmessage = (event) => {
          const fields = event.data.split("|");
          if (fields[0] !== "1") return;
          const answer = JSON.parse(fields[2]);
          if (answer.ret === 0) done(answer);
          else refused(answer.msg);
        };
        socket.send(request === undefined ? `1|${name}` : `1|${name}|${JSON.stringify(request)}`);
      });
    socket.onopen = () => opened({ call, close: () => ((socket.onclose = null), socket.close()) });
  });
}

async function order(certificate) {
  const reply = await fetch("/orders", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ der: certificate }),
  });
  if (!reply.ok) throw "演练CA没有受理这张证书。";
  return (await reply.json()).url;
}

async function reset() {
  const button = hook("reset");
  button.disabled = true;
  let assistant;
  try {
    say("busy", "正在连接证书助手…");
    assistant = await connect();
    await assistant.call("SelectSignCert");
    const url = await order((await assistant.call("GetCertB64")).cert);
    say("busy", "请在证书助手的窗口中确认，并输入两次新密码。");
    await assistant.call("OnlineResetPinByURL", { url, userpin: "" });
    say("good", "证书密码已重置，请用新密码登录。");
  } catch (problem) {
    say("bad", typeof problem === "string" ? problem : "演练CA没有响应，请确认它正在运行，然后刷新页面。");
  } finally {
    if (assistant) assistant.close();
    button.disabled = false;
  }
}

hook("reset").addEventListener("click", reset);
