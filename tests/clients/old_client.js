// A portal page's client, written from resources/protocol.md: requests by string concatenation without escaping,
// the bare word `undefined`, one request at a time (each send replaces the handler), `split("|")` and `eval`.
// Runs in Node (`node old_client.js URL ORIGIN ERRAND`) and in a page (`runErrand(url, errand)`).

function OldClient(socket) {
  var self = this;
  this.answers = [];
  this.call = function (name, body) {
    return new Promise(function (resolve, reject) {
      socket.onclose = function (event) { reject(new Error(name + ": closed " + event.code)); };
      socket.onmessage = function (event) {
        var fields = event.data.split("|");
        if (fields[0] !== "1" || fields[1] !== name) { reject(new Error(event.data)); return; }
        var answer = eval("(" + fields[2] + ")");
        self.answers.push([name, answer]);
        resolve(answer);
      };
      socket.send(body === undefined ? "1|" + name : "1|" + name + "|" + body);
    });
  };
  this.greet = function () {
    return new Promise(function (resolve) {
      socket.onmessage = function (event) { resolve(event.data.split("|")); };
      socket.send("0|" + new Date().getTime());
    });
  };
}

function base64(text) { return btoa(unescape(encodeURIComponent(text))); }
function one(name, value) { return "{\"" + name + "\":\"" + value + "\"}"; }

var errands = {};

// Everything a page can ask for, in an order in which each has what it needs.
errands.everything = async function (client, given) {
  var call = client.call, nothing, last = {};
  var key = base64("\\HKEY_CURRENT_USER\\Software\\Hebca\\ClientX");
  await call("ReadRegB64", "{\"key\":\"" + key + "\",\"name\":\"" + base64("version") + "\"}");
  await call("WriteRegB64", "{\"key\":\"" + key + "\",\"name\":\"" + base64("version") + "\",\"value\":" + 1 + "}");
  await call("ReloadDevice");
  await call("GetCertCount");
  await call("GetSignCertCount", "");
  await call("SelectSignCertFilterDevice", "{\"deviceNames\":\"" + "another device;" + "\"}");
  await call("GetSignCert", "{\"index\":" + 0 + "}");
  var list = await call("GetCertList");
  var serial = list.certsnlist.split(";")[0];
  var subject = await call("GetSubjectItem", "{\"index\":" + "CN" + "}");
  await call("GetSignCertNotAfter", "{\"index\":" + nothing + "}");
  await call("GetCertB64");
  await call("GetPubKeyData", "{\"signflag\":" + true + "}");
  await call("GetPubKeyData", "{\"signflag\":" + false + "}");
  await call("IsCertOnline", one("cn", subject.content));
  await call("SelectSignCert");
  await call("UILogin");
  await call("IsCertLogined", one("cn", subject.content));
  await call("Logout");
  await call("Login", one("pin", given.pin));
  await call("Logout");
  await call("CspLogin", one("pin", given.pin));
  await call("Logout");
  await call("UnUICertLogin", "{\"certSN\":\"" + serial + "\",\"password\":\"" + given.pin + "\"}");
  await call("UnUISign", "{\"certSN\":\"" + serial.toUpperCase() + "\",\"b64data\":\"" + base64(given.text) + "\"}");
  await call("SignText", one("signText", given.text));
  await call("SignB64", one("b64data", base64(given.text)));
  await call("Digest", "{\"certSN\":\"" + serial + "\",\"b64data\":\"" + base64(given.vector) + "\",\"digestalg\":\"" + "sm3" + "\"}");
  await call("Digest", "{\"certSN\":\"" + "00" + "\",\"b64data\":\"" + base64(given.vector) + "\",\"digestalg\":\"" + "SHA-256" + "\"}");
  var signed = await call("P7SignB64", one("b64data", base64(given.text)));
  await call("P7VerifyB64", one("b64data", signed.b64data));
  await call("P7VerifyB64", one("b64data", given.tampered));
  await call("SelectCryptCert");
  var crypt = await call("GetCertB64");
  var sealed = await call("EnvelopB64", "{\"b64data\":\"" + "d3d3LmJhaWR1LmNvbQ==" + "\",\"certs\":[{\"cert\":\"" + crypt.cert + "\"},{\"cert\":\"" + given.stranger + "\"}]}");
  await call("UnEnvelopB64", one("b64data", sealed.b64data));
  var encrypted = await call("EncryptB64", one("b64data", base64(given.text)));
  await call("DecryptB64", one("b64data", encrypted.b64encrypted));
  var fileKey = await call("GenerateFileKeyB64", one("b64data", nothing));
  var paths = "\",\"src\":\"" + given.source + "\",\"dst\":\"" + given.target + "\"}";
  await call("EncryptFile", "{\"key\":\"" + fileKey.b64key + paths);
  await call("DecryptFile", "{\"key\":\"" + fileKey.b64key + paths);
  await call("WriteDataB64", "{\"name\":\"" + "remark" + "\",\"b64data\":\"" + base64("a|b") + "\",\"isprivate\":" + nothing + "}");
  await call("ReadDataB64", one("name", "remark"));
  await call("WriteDataText", "{\"name\":\"" + "seal" + "\",\"data\":\"" + "印章 | <b>" + "\",\"isprivate\":" + true + "}");
  await call("ReadDataText", one("name", "seal"));
  await call("Logout");
  await call("ReadDataText", one("name", "seal"));
  await call("DeleteData", one("name", "remark"));
  await call("GenKeyPair", "{\"cn\":\"" + given.applicant + "\",\"rsaflag\":" + true + "}");
  await call("GenKeyPair", "{\"cn\":\"" + given.applicant + "\",\"rsaflag\":" + false + "}");
  await call("ImportCert", "{\"b64cert\":\"" + given.stranger + "\",\"signflag\":" + true + "}");
  await call("ImportECCKeyPair", one("b64keys", "QUJD"));
  await call("CreateSM2SoftDevice");
  await call("OnlineFormatByURL", "{\"url\":\"" + given.url + "\",\"adminpin\":\"" + given.pin + "\"}");
  await call("OnlineResetPinByURL", "{\"url\":\"" + given.url + "\",\"userpin\":\"" + given.pin + "\"}");
  await call("DeleteFromCertStore");
  await call("Execute", "{\"filename\":\"C:\\Windows\\System32\\calc.exe\",\"args\":\"\",\"wait\":" + nothing + "}");
  await call("KillProcess", "{\"name\":\"explorer.exe\",\"wait\":" + false + "}");
  await call("GetMachineInfo");
  await call("GenerateAgreementDataWithECC", "{\"alg\":" + 1 + ",\"sponsorid\":\"QUJD\"}");
  await call("GenerateAgreementDataAndKeyWithECC", "{\"alg\":1,\"sponsorpubkey\":\"QQ==\",\"sponsortemppubkey\":\"QQ==\",\"respondid\":\"QQ==\",\"sponsorid\":\"QQ==\"}");
  await call("GenerateKeyWithECC", "{\"respondpubkey\":\"QQ==\",\"respondtemppubkey\":\"QQ==\",\"respondid\":\"QQ==\"}");
  await call("EncryptWithAgreementKey", one("plaintext", "QQ=="));
  await call("DecryptWithAgreementKey", one("ciphertext", "QQ=="));
  await call("NoSuchFunction", one("x", "\""));
};

// What needs something made elsewhere from the first errand's answers.
errands.afterwards = async function (client, given) {
  await client.call("UnEnvelopB64", one("b64data", given.envelope));
  await client.call("UnEnvelopB64", one("b64data", given.foreign));
  await client.call("SelectCryptCert");
  await client.call("DecryptB64", one("b64data", given.ciphertext));
  await client.call("DecryptB64", one("b64data", given.broken));
  await client.call("P7VerifyB64", one("b64data", given.signed));
  await client.call("ImportCert", "{\"b64cert\":\"" + given.certificate + "\",\"signflag\":" + true + "}");
  await client.call("ImportCert", "{\"b64cert\":\"" + given.certificate + "\",\"signflag\":" + false + "}");
  await client.call("GetCertList");
};

// Packets of a PDF, as the two generations of seal clients send them: the older one until an answer is packet 0 of 1, the
// newer one until its last packet was answered as well. A failure is whatever has no `success`.
async function sendPackets(client, name, pdf, more, newer) {
  var size = 10240, count = Math.ceil(pdf.length / size), index = 0;
  for (var sent = 0; sent < count + 100; sent++) {
    var packet = { subPacketCnt: count, curPacketIndex: index, pdfB64: pdf.substr(index * size, size) };
    var answer = await client.call(name, JSON.stringify(Object.assign(packet, more)));
    if (answer.curPacketIndex === 0 && answer.subPacketCnt === 1) return answer;
    if (newer && (!answer.success || answer.curPacketIndex + 1 >= answer.subPacketCnt)) return answer;
    index += 1;
  }
  throw new Error(name + " sends for ever");
}

errands.seals = async function (client, given) {
  var call = client.call, newer, nowhere, reply, pulled = "", index, where = { sealTSType: 0, offsetX: 0, offsetY: 0 };
  await call("SelectStamp");
  await call("GetSealCountInKey");
  for (newer = 0; newer < 2; newer++) {
    where.keyword = base64(given.words);
    reply = await sendPackets(client, "SealKeyWordBase64PDF", given.pdf, where, newer);
    nowhere = Object.assign({}, where, { keyword: base64("nowhere") });
    await sendPackets(client, "SealKeyWordBase64PDF", given.pdf, nowhere, newer);
    await call("GetErrCode");
    await call("GetErrMsg");
    await sendPackets(client, "InsertSealBase64PDF", given.pdf, { pageNo: 1, x: 300, y: 300, sealSN: "", pwd: "", eUnitType: 0 }, newer);
  }
  for (index = 0; index < reply.resultPacketCnt; index++) {
    pulled += (await call("SealKeyWordBase64PDF", "{\"isReceive\":\"1\",\"curPacketIndex\":" + index + "}")).result;
  }
  client.answers.push(["pulled", pulled]);
  client.answers.push(["text", (await call("GetTextSignContent", "{\"index\":1}")).result.length]);
};

function runErrand(url, errand, open) {
  return new Promise(function (resolve, reject) {
    var socket = open(url), client = new OldClient(socket);
    socket.onerror = function (event) { reject(new Error(event.message || "socket error")); };
    socket.onopen = function () {
      client.greet().then(function (greeting) {
        client.answers.push(["greeting", greeting]);
        return errands[errand.name](client, errand.given);
      }).then(function () { socket.onclose = null; socket.close(); resolve(client.answers); }, reject);
    };
  });
}

if (typeof window === "undefined") {
  var WebSocketForNode = require("ws");
  var given = JSON.parse(require("fs").readFileSync(0, "utf8"));
  runErrand(process.argv[2], given, function (url) { return new WebSocketForNode(url, { origin: process.argv[3] }); })
    .then(function (answers) { process.stdout.write(JSON.stringify(answers)); },
          function (problem) { console.error(problem); process.exit(1); });
}
