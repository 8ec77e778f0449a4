// Signs over several keep-alive connections at once: port, calls of each connection, then the head lines of each
// connection as JSON. Prints {"seconds": …, "calls": …}. Every answer is read whole and must hold a signature.
"use strict";
const tls = require("node:tls");

const [port, calls, heads] = process.argv.slice(2).map((text) => JSON.parse(text));
const WARM_UP = 20;
const BODY = JSON.stringify({ items: [{ data: "Y2hhbGxlbmdl" }] });

function connect(extra) {
  const head = ["POST /v1/sign HTTP/1.1", `Host: localhost:${port}`, "Content-Type: application/json", `Content-Length: ${BODY.length}`, ...extra];
  const request = `${head.join("\r\n")}\r\n\r\n${BODY}`;
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port, host: "127.0.0.1", servername: "localhost", rejectUnauthorized: false }, () => resolve({ socket, request }));
    socket.setNoDelay(true);
    socket.once("error", reject);
  });
}

function work({ socket, request }, count) {
  return new Promise((resolve, reject) => {
    let left = count;
    let answer = "";
    socket.removeAllListeners();
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the connection was closed")));
    socket.on("data", (part) => {
      answer += part.toString("latin1");
      const end = answer.indexOf("\r\n\r\n");
      if (end < 0 || answer.length < end + 4 + Number(/content-length: (\d+)/i.exec(answer)[1])) return;
      if (!answer.startsWith("HTTP/1.1 200") || !/"signature":"[A-Za-z0-9+/=]{100}/.test(answer)) return reject(new Error(answer));
      answer = "";
      left -= 1;
      if (left === 0) return resolve();
      socket.write(request);
    });
    socket.write(request);
  });
}

async function main() {
  const connections = await Promise.all(heads.map(connect));
  await Promise.all(connections.map((each) => work(each, WARM_UP)));
  const began = process.hrtime.bigint();
  await Promise.all(connections.map((each) => work(each, calls)));
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  console.log(JSON.stringify({ seconds, calls: calls * heads.length }));
  process.exit(0);
}

main().catch((problem) => {
  console.error(problem);
  process.exit(1);
});
