// A portal page's part of SignText, by Node's `ws`: one connection for the latency, several for the throughput.
//
//   node sign_client.js URL ORIGIN COUNT CONNECTIONS
//
// Prints one JSON line: p50_us of one connection that asks one thing at a time; operations_per_second of all
// connections together. Debian keeps `ws` in /usr/share/nodejs (NODE_PATH).
'use strict';

const WebSocket = require('ws');

const WARM_UP = 10;
const [url, origin, countText, connectionsText] = process.argv.slice(2);
const count = Number(countText);
const connections = Number(connectionsText);

class Page {
  // One socket; the service answers in order, one reply for each request (wire protocol, section 1).
  static async open(name) {
    const page = new Page();
    page.name = name;
    page.waiting = [];
    page.socket = new WebSocket(url, { origin, perMessageDeflate: false });
    page.socket.on('message', (data) => page.waiting.shift().resolve(data.toString()));
    await new Promise((resolve, reject) => page.socket.once('open', resolve).once('error', reject));
    page.socket.on('error', (error) => page.fail(error)).on('close', () => page.fail(new Error('closed')));
    const greeting = await page.exchange(`0|${Date.now()}`);
    if (!greeting.startsWith('0|Welcome')) throw new Error(`greeting: ${greeting}`);
    await page.call('GetSignCert', { index: 0 });
    return page;
  }

  fail(error) {
    for (const one of this.waiting.splice(0)) one.reject(error);
  }

  exchange(frame) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.socket.send(frame);
    });
  }

  async call(name, values) {
    const reply = await this.exchange(`1|${name}|${JSON.stringify(values)}`);
    const [kind, echoed, text] = reply.split('|');
    const result = JSON.parse(text);
    if (kind !== '1' || echoed !== name || result.ret !== 0) throw new Error(`${name}: ${reply}`);
    return result;
  }

  async sign(number) {
    const { signature } = await this.call('SignText', { signText: `challenge ${this.name} ${number}` });
    if (!signature) throw new Error('no signature');
  }

  async signMany(from, to) {
    for (let number = from; number < to; number += 1) await this.sign(number);
  }
}

const microseconds = () => Number(process.hrtime.bigint()) / 1000;

async function latency() {
  const page = await Page.open('alone');
  await page.signMany(-WARM_UP, 0);
  const taken = [];
  for (let number = 0; number < count; number += 1) {
    const before = microseconds();
    await page.sign(number);
    taken.push(microseconds() - before);
  }
  page.socket.close();
  return taken.sort((a, b) => a - b)[Math.floor(count / 2)];
}

async function throughput() {
  const names = Array.from({ length: connections }, (_, number) => `together-${number}`);
  const pages = await Promise.all(names.map((name) => Page.open(name)));
  for (const page of pages) await page.signMany(-2, 0); // each logs in, one after the other, as a person would
  const each = Math.ceil(count / connections);
  const before = microseconds();
  await Promise.all(pages.map((page) => page.signMany(0, each)));
  const seconds = (microseconds() - before) / 1e6;
  for (const page of pages) page.socket.close();
  return (each * connections) / seconds;
}

async function main() {
  const p50 = await latency();
  const rate = await throughput();
  console.log(JSON.stringify({ p50_us: p50, operations_per_second: rate, count, connections }));
}

main().catch((error) => {
  console.error(String(error));
  process.exit(1);
});
