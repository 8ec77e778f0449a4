// What a document costs: p50 of SignText, of P7SignB64 over BYTES bytes, and of an echo of the same frame.
//
//   node document_client.js URL ECHO_URL ORIGIN BYTES COUNT
'use strict';

const WebSocket = require('ws');

const [url, echoUrl, origin, bytesText, countText] = process.argv.slice(2);
const count = Number(countText);
const frame = `1|P7SignB64|{"b64data":"${Buffer.alloc(Number(bytesText), 7).toString('base64')}"}`;

function open(address) {
  const socket = new WebSocket(address, { origin, perMessageDeflate: false, maxPayload: 1 << 27 });
  return new Promise((resolve, reject) => socket.once('open', () => resolve(socket)).once('error', reject));
}

function exchange(socket, text) {
  return new Promise((resolve) => {
    socket.once('message', resolve);
    socket.send(text);
  });
}

async function p50(socket, make) {
  const times = [];
  for (let n = 0; n < count + 3; n += 1) {
    const start = process.hrtime.bigint();
    await exchange(socket, make(n));
    if (n >= 3) times.push(Number(process.hrtime.bigint() - start) / 1e3);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

(async () => {
  const [service, echo] = [await open(url), await open(echoUrl)];
  for (const call of ['1|SelectSignCert', '1|SignText|{"signText":"x"}', frame]) {
    const reply = (await exchange(service, call)).toString();
    if (!reply.includes('"ret":0')) throw new Error(reply.slice(0, 200));
  }
  const text = await p50(service, (n) => `1|SignText|{"signText":"challenge ${n}"}`);
  const echoed = await p50(echo, () => frame);
  const document = await p50(service, () => frame);
  console.log(JSON.stringify({ sign_text_us: text, echo_us: echoed, document_us: document }));
  process.exit(0);
})();
