// The old calls of the certificate service (ws://localhost:17212/test): a drop-in for pages that want them, and what the
// SDK falls back to. Requests are proper JSON; answers are parsed, never evaluated.

import { AssistantError, States, textOf, unlessAborted } from "./states.js";

const STATES = { [-536145911]: States.userCancelled, [-536142077]: States.originBlocked };

/** `await client.SelectSignCert()`, `await client.SignText({ signText })` and so on: every function of the service. */
export class LegacyClient {
  #socket;
  #opening;
  #waiting = [];
  #named;

  constructor(port = 17212) {
    this.port = port;
    this.#named = new Proxy(this, {
      get: (self, name) => {
        if (name in self) return typeof self[name] === "function" ? self[name].bind(self) : self[name];
        return typeof name === "string" && name !== "then" ? (parameters) => self.call(name, parameters) : undefined;
      },
      set: (self, name, value) => Reflect.set(self, name, value),
    });
    return this.#named;
  }

  get connected() {
    return this.#socket !== undefined;
  }

  /** Connect; a call does it by itself. Rejects with `not-running`. Resolves to this client. */
  async open() {
    try {
      await (this.#opening ??= this.#connect());
      return this.#named;
    } catch {
      throw new AssistantError(States.notRunning, textOf(States.notRunning, this.language));
    } finally {
      this.#opening = undefined;
    }
  }

  #connect() {
    return new Promise((opened, failed) => {
      if (this.connected) return opened();
      const socket = new WebSocket(`ws://localhost:${this.port}/test`);
      socket.onopen = () => socket.send(`0|${Date.now()}`);
      socket.onerror = failed;
      socket.onclose = () => {
        failed();
        if (this.#socket !== socket) return;
        this.#socket = undefined;
        for (const { reject } of this.#waiting.splice(0)) reject(new AssistantError(States.notRunning, textOf(States.notRunning, this.language)));
        this.onlost?.();
      };
      socket.onmessage = ({ data }) => {
        const [kind, , json] = data.split("|");
        if (kind === "0") {
          this.#socket = socket;
          opened();
        } else if (kind === "1") this.#answer(JSON.parse(json));
      };
    });
  }

  close() {
    this.onlost = undefined;
    this.hangUp();
  }

  /** Close the socket; `onlost` hears of it. */
  hangUp() {
    this.#socket?.close();
  }

  /** One function call; rejects with the service's number and text. */
  async call(name, parameters) {
    if (!this.connected) await this.open();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      const json = JSON.stringify(parameters ?? {}).replaceAll("|", "\\u007c");
      this.#socket.send(parameters === undefined ? `1|${name}` : `1|${name}|${json}`);
    });
  }

  #answer({ ret, msg, ...fields }) {
    const { resolve, reject } = this.#waiting.shift() ?? {};
    if (ret === 0) resolve?.(fields);
    else reject?.(new AssistantError(STATES[ret] ?? "unknown", msg, { number: ret }));
  }
}

/** The SDK's calls over the old protocol, as far as it has them; the rest needs the secure connection. */
export class LegacyTransport extends LegacyClient {
  constructor(port, language) {
    super(port);
    this.language = language;
  }

  /** One of the SDK's calls. The old protocol cannot withdraw one: its dialog closes because the socket does. */
  async task(name, parameters, signal) {
    const task = TASKS[name];
    if (!task) throw new AssistantError("needs-https", textOf("needs-https", this.language));
    return await unlessAborted(signal, this.language, () => task(this, parameters), () => this.hangUp());
  }

  async call(name, parameters) {
    if (!this.connected) throw new AssistantError(States.notRunning, textOf(States.notRunning, this.language));
    return await super.call(name, parameters);
  }
}

const TASKS = {
  status: async () => ({ version: "", session: true }),
  certificates: async (client, { usage } = {}) => {
    if (usage === "encrypt") return { certificates: [await chosen(client, "SelectCryptCert")] };
    const { count } = await client.call("GetSignCertCount");
    const certificates = [];
    for (let index = 0; index < count; index += 1) certificates.push(await chosen(client, "GetSignCert", { index }));
    return { certificates };
  },
  choose: async (client, { usage }) => ({ certificate: await chosen(client, usage === "encrypt" ? "SelectCryptCert" : "SelectSignCert") }),
  sign: async (client, { items, form = "pkcs1", hash, detached }) => {
    if (detached || hash === "sha256" || items.some((each) => each.digest)) throw new AssistantError("needs-https", textOf("needs-https", client.language));
    await client.call("SelectSignCert");
    const signatures = [];
    for (const { name = "", data } of items) {
      const made = form === "cms" ? await client.call("P7SignB64", { b64data: data }) : await client.call("SignB64", { b64data: data });
      signatures.push({ name, signature: made.b64data ?? made.signature });
    }
    return { certificate: (await client.call("GetCertB64")).cert, signatures };
  },
  envelope: async (client, { data, recipients }) => ({ message: (await client.call("EnvelopB64", { b64data: data, certs: recipients.map((cert) => ({ cert })) })).b64data }),
  open: async (client, { message }) => ({ data: (await client.call("UnEnvelopB64", { b64data: message })).b64data }),
  logout: async (client) => client.call("Logout"),
};

/** What the old protocol tells of a certificate. */
async function chosen(client, select, parameters) {
  await client.call(select, parameters);
  const { cert } = await client.call("GetCertB64");
  const hash = await crypto.subtle.digest("SHA-256", Uint8Array.from(atob(cert), (letter) => letter.charCodeAt(0)));
  const fingerprint = [...new Uint8Array(hash)].map((each) => each.toString(16).padStart(2, "0")).join("");
  return { certificate: cert, fingerprint, holder: (await client.call("GetSubjectItem", { index: "CN" })).content };
}
