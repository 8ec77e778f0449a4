// A bridge as one would write it in Node: HTTPS, JSON in, C_Sign through graphene-pk11, JSON out. No policy, no journal,
// nobody is asked: what the same transport costs without all that.
// Arguments: certificate chain, key, PKCS#11 library, PIN, and "plain" to sign in Node's own thread, as the examples of
// graphene-pk11 do, or "threads" to sign in its pool of four. SOFTHSM2_CONF as for any program.
"use strict";
const fs = require("node:fs");
const https = require("node:https");
const graphene = require("graphene-pk11");

const [certificate, key, library, pin, way] = process.argv.slice(2);
const token = graphene.Module.load(library, "token");
token.initialize({ flags: 2 }); // CKF_OS_LOCKING_OK: signatures run on several threads (PKCS#11 2.40, section 4.5)
const slot = token.getSlots(0);
const login = slot.open(graphene.SessionFlag.SERIAL_SESSION | graphene.SessionFlag.RW_SESSION);
login.login(pin);

// C_Sign needs a session of its own for each signature under way: one for each connection, as they come
const signers = new WeakMap();
function signerOf(socket) {
  if (!signers.has(socket)) {
    const session = slot.open(graphene.SessionFlag.SERIAL_SESSION);
    const keys = session.find({ class: graphene.ObjectClass.PRIVATE_KEY, sign: true });
    signers.set(socket, { session, key: keys.items(0).toType() });
    socket.on("close", () => session.close());
  }
  return signers.get(socket);
}

function sign({ session, key: own }, data) {
  const signing = session.createSign("SHA256_RSA_PKCS", own);
  if (way === "plain") return signing.once(data);
  return new Promise((resolve, reject) => signing.once(data, (problem, signature) => (problem ? reject(problem) : resolve(signature))));
}

async function answer(request, response, body) {
  const { items } = JSON.parse(body);
  const signature = await sign(signerOf(request.socket), Buffer.from(items[0].data, "base64"));
  const text = JSON.stringify({ certificate: "", signatures: [{ name: "", signature: signature.toString("base64") }] });
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text), "Cache-Control": "no-store" });
  response.end(text);
}

const options = { cert: fs.readFileSync(certificate), key: fs.readFileSync(key), minVersion: "TLSv1.2" };
const server = https.createServer(options, (request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () =>
    answer(request, response, Buffer.concat(parts)).catch((problem) => {
      response.writeHead(500);
      response.end(String(problem));
    }),
  );
});
server.keepAliveTimeout = 0; // on a busy machine a connection may rest longer than Node's 5 seconds
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ https: `https://localhost:${server.address().port}` })));
process.on("SIGTERM", () => process.exit(0));
