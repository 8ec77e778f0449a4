// The hall's copy of a portal's seal client (WebPDF protocol on ws://localhost:17213/test): a PDF goes out in packets of
// base64, the sealed one comes back. Answers are evaluated, as every portal's copy of the client does.
"use strict";

const SEAL_ERRORS = { notStarted: 1004 };
const SEAL_PACKET = 10240;
const SEAL_CANCELLED = "用户没有选择签章";

class SealClient {
  constructor(port) {
    this.address = "ws://localhost:" + port + "/test";
  }

  open() {
    return new Promise((opened, failed) => {
      const notStarted = () => failed({ number: SEAL_ERRORS.notStarted, message: "证书助手没有启动" });
      this.socket = new WebSocket(this.address);
      this.socket.onopen = () => this.socket.send("0|" + new Date().getTime());
      this.socket.onerror = notStarted;
      this.socket.onclose = notStarted;
      this.socket.onmessage = (event) => {
        const fields = event.data.split("|");
        if (fields[0] !== "0" || fields[1].indexOf("Welcome") < 0) return;
        this.socket.send('1|MyID|{"ID":"' + fields[1].split(" ")[1] + '"}');
        opened(this);
      };
    });
  }

  close() {
    this.socket.onclose = null;
    this.socket.close();
  }

  /** One call. Some functions answer {ret, msg}, others {success, error}. */
  call(name, json) {
    return new Promise((done, failed) => {
      this.socket.onclose = () => failed({ number: SEAL_ERRORS.notStarted, message: "与证书助手的连接已断开" });
      this.socket.onmessage = (event) => {
        const fields = event.data.split("|");
        if (fields[0] !== "1" || fields[1] !== name) return;
        const answer = eval("(" + fields[2] + ")");
        if (answer.success === true || answer.ret === 0) done(answer);
        else failed({ number: answer.ret || answer.errorCode, message: answer.error || answer.msg });
      };
      this.socket.send(json === undefined ? "1|" + name : "1|" + name + "|" + json);
    });
  }

  async sealCount() {
    return (await this.call("GetSealCountInKey", "{}")).count;
  }

  /** Seal every place of the PDF (base64) where the words stand; resolves to the sealed PDF (base64). */
  async sealAtWords(pdf, words) {
    const keyword = btoa(String.fromCharCode(...new TextEncoder().encode(words)));
    const count = Math.ceil(pdf.length / SEAL_PACKET);
    let answer;
    for (let index = 0; index < count; index += 1) {
      const packet = pdf.slice(index * SEAL_PACKET, (index + 1) * SEAL_PACKET);
      answer = await this.call("SealKeyWordBase64PDF", '{"subPacketCnt":' + count + ',"curPacketIndex":' + index +
        ',"pdfB64":"' + packet + '","keyword":"' + keyword + '","sealSN":"","pwd":"","sealTSType":0,"offsetX":0,"offsetY":0}');
    }
    return answer.result;
  }
}

const Seals = {
  /** Connect, do the work, close; failures of the assistant are told by `say` and resolve to undefined. */
  async use(work, say) {
    const client = new SealClient(document.body.dataset.sealPort);
    try {
      await client.open();
      return await work(client);
    } catch (problem) {
      if (problem.number === undefined && problem.message !== SEAL_CANCELLED) throw problem;
      say(...Seals.words(problem));
      return undefined;
    } finally {
      if (client.socket) client.close();
    }
  },

  words(problem) {
    if (problem.message === SEAL_CANCELLED) return ["calm", ["已取消签章。需要时请重新点击上传。"]];
    if (problem.number === SEAL_ERRORS.notStarted) {
      return ["bad", [problem.message, "请从桌面图标打开河北CA数字证书助手，然后重试。（错误代码 1004）"]];
    }
    return ["bad", [problem.message, `错误代码 ${problem.number}`]];
  },
};
