// The hall's copy of a portal's certificate client (protocol on ws://localhost:17212/test).
// Portals in use build requests by joining strings, split every answer at "|" and evaluate what stands in field 2.
// This client does the same on purpose: what works here works for them. That is why pages with it allow 'unsafe-eval'.
"use strict";

const CERTIFICATE_ERRORS = { notStarted: 1004, noCertificate: -536145917, cancelled: -536145911 };

class CertificateClient {
  constructor(port) {
    this.address = "ws://localhost:" + port + "/test";
  }

  /** Open the socket and wait for the greeting "0|Welcome <id>". */
  open() {
    return new Promise((opened, failed) => {
      const notStarted = () => failed({ number: CERTIFICATE_ERRORS.notStarted, message: "证书助手没有启动" });
      this.socket = new WebSocket(this.address);
      this.socket.onopen = () => this.socket.send("0|" + new Date().getTime());
      this.socket.onerror = notStarted;
      this.socket.onclose = notStarted;
      this.socket.onmessage = (event) => {
        const fields = event.data.split("|");
        if (fields[0] === "0" && fields[1].indexOf("Welcome") >= 0) opened(this);
      };
    });
  }

  /** One function call; `json` is the request object as text. Each call replaces the handlers of the one before. */
  call(name, json) {
    return new Promise((done, failed) => {
      this.socket.onclose = () => failed({ number: CERTIFICATE_ERRORS.notStarted, message: "与证书助手的连接已断开" });
      this.socket.onmessage = (event) => {
        const fields = event.data.split("|");
        if (fields[0] !== "1") return;
        const answer = eval("(" + fields[2] + ")");
        if (answer.ret === 0) done(answer);
        else failed({ number: answer.ret, message: answer.msg });
      };
      this.socket.send(json === undefined ? "1|" + name : "1|" + name + "|" + json);
    });
  }

  close() {
    this.socket.onclose = null;
    this.socket.close();
  }

  selectSignCert() {
    return this.call("SelectSignCert");
  }

  getSignCert(index) {
    return this.call("GetSignCert", '{"index":' + index + "}");
  }

  async getSignCertCount() {
    return (await this.call("GetSignCertCount")).count;
  }

  async getSubjectItem(item) {
    return (await this.call("GetSubjectItem", '{"index":"' + item + '"}')).content;
  }

  async getSignCertNotAfter(index) {
    return (await this.call("GetSignCertNotAfter", '{"index":' + index + "}")).certnotafter;
  }

  async signText(text) {
    return (await this.call("SignText", '{"signText":"' + text + '"}')).signature;
  }

  async getCertB64() {
    return (await this.call("GetCertB64")).cert;
  }
}

const Certificates = {
  /** Connect, do the work, close. Failures of the certificate service are said on the page; resolves to undefined then. */
  async use(work, again) {
    const client = new CertificateClient(document.body.dataset.certificatePort);
    try {
      Hall.say("busy", "正在连接证书助手…");
      await client.open();
      return await work(client);
    } catch (problem) {
      if (problem.number === undefined) throw problem;
      Certificates.explain(problem, again);
      return undefined;
    } finally {
      if (client.socket) client.close();
    }
  },

  /** Sign a fresh challenge of the hall with the selected certificate: the proof every login and binding takes. */
  async prove(client) {
    Hall.say("busy", "请在证书助手的窗口中输入证书密码。");
    const { challenge } = await Hall.post("/api/challenge");
    const signature = await client.signText(challenge);
    const certificate = await client.getCertB64();
    Hall.say("busy", "正在验证证书…");
    return { challenge, signature, certificate };
  },

  explain(problem, again) {
    const retry = { text: "重试", click: again, hook: "retry" };
    if (problem.number === CERTIFICATE_ERRORS.cancelled) return Hall.say("calm", "已取消。需要时请重新点击。");
    if (problem.number === CERTIFICATE_ERRORS.notStarted) {
      const start = { text: "启动证书助手", href: "p11://", hook: "start-assistant" };
      const how = "请点击“启动证书助手”，或从桌面图标打开河北CA数字证书助手，然后重试。（错误代码 1004）";
      return Hall.say("bad", [problem.message, how], [start, retry]);
    }
    const hint = problem.number === CERTIFICATE_ERRORS.noCertificate ? "请插入 USBKEY，指示灯亮起后重试。" : "";
    return Hall.say("bad", [problem.message, hint, `错误代码 ${problem.number}`], [retry]);
  },
};
