// 河北CA数字证书助手 for web pages: JSON over HTTPS on this computer, with a socket for events. No build step, no dependency.
// The person decides everything in the assistant's own windows; a page never sees a PIN.

import { LegacyTransport } from "./legacy.js";
import { AssistantError, States, textOf, unlessAborted } from "./states.js";

export { AssistantError, States, textOf };

const SEEN = "hebca-helper-seen";
const PERMISSIONS = ["loopback-network", "local-network-access"];
const PROMPT_AFTER = 700;
const START_FOR = 30000;
const SCHEME = "p11://";
const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/;

export class Assistant extends EventTarget {
  #session = "";
  #socket;
  #arriving;
  #connecting;
  #legacy;
  #closings = 0;
  #options;

  /** `onState(state, text)` hears what the page should tell the person while a connection is made. */
  constructor({ httpsPort = 17443, certificatePort = 17212, language = "zh", fallback = true, onState = () => {} } = {}) {
    super();
    this.#options = { httpsPort, certificatePort, language, fallback, onState };
  }

  /** "https" or "websocket" once connected; "" before. */
  get transport() {
    return this.#socket ? "https" : this.#legacy ? "websocket" : "";
  }

  /** Find the assistant. Resolves to the transport; rejects with a state of `States`. */
  async connect() {
    if (this.transport) return this.transport;
    return await (this.#connecting ??= this.#find().finally(() => (this.#connecting = undefined)));
  }

  async #find() {
    const settled = this.#watchPrompt();
    const closings = this.#closings;
    try {
      await this.#openEvents();
      remember();
      return "https";
    } catch {
      if (closings !== this.#closings) throw this.#error(States.userCancelled);
      return await this.#withoutHttps();
    } finally {
      settled();
    }
  }

  /** Ask the system to start the assistant (the page must call this from a click), then wait until it answers. */
  async start() {
    // in a frame, because Firefox shows an error page where nothing is installed for the scheme
    const frame = Object.assign(document.createElement("iframe"), { hidden: true, src: SCHEME });
    const forbidden = ({ effectiveDirective }) => effectiveDirective === "frame-src" && location.assign(SCHEME);
    document.addEventListener("securitypolicyviolation", forbidden);
    document.body.append(frame);
    try {
      const end = Date.now() + START_FOR;
      while (Date.now() < end) {
        await new Promise((wake) => setTimeout(wake, 500));
        try {
          return await this.connect();
        } catch (problem) {
          if (![States.notRunning, States.notInstalled].includes(problem.code)) throw problem;
        }
      }
      throw this.#error(States.notInstalled);
    } finally {
      document.removeEventListener("securitypolicyviolation", forbidden);
      frame.remove();
    }
  }

  close() {
    this.#closings += 1;
    this.#arriving?.close();
    this.#socket?.close();
    this.#legacy?.close();
    this.#arriving = this.#socket = this.#legacy = undefined;
    this.#session = "";
  }

  // What a page can ask for. `signal` (an AbortSignal) withdraws a call: its dialog closes.

  status = (options) => this.#call("status", undefined, options);
  certificates = async (wanted = {}, options) => (await this.#call("certificates", wanted, options)).certificates;
  choose = async (usage = "sign", options) => (await this.#call("choose", { usage }, options)).certificate;
  /** An origin-bound login token (Web eID) over the server's nonce: send it to the server as it is. */
  login = (nonce, { certificate, ...options } = {}) => this.#call("login", { nonce, ...(certificate && { certificate }) }, options);
  logout = (options) => this.#call("logout", {}, options);
  /** `items`: [{name?, data | digest}], octets as Uint8Array, ArrayBuffer, Blob, File, or text that is base64 already (for
   * plain text take `utf8`). One consent for all of them. */
  sign = (items, { form, hash, detached, certificate, ...options } = {}) =>
    Promise.all([].concat(items).map(item)).then((all) => this.#call("sign", { items: all, ...given({ form, hash, detached, certificate }) }, options));
  envelope = async (data, recipients, options) =>
    (await this.#call("envelope", { data: await plain(data), recipients: await Promise.all([].concat(recipients).map(plain)) }, options)).message;
  open = async (message, options) => octets((await this.#call("open", { message: await plain(message) }, options)).data);
  changePin = (options) => this.#call("change-pin", {}, options);
  seals = async (options) => (await this.#call("seals", {}, options)).seals;
  /** Stamp a PDF; `placement` as the API has it ({mode: "keyword", keyword} and so on). Resolves to the stamped octets. */
  seal = async (pdf, placement, { name = "", seal, ...options } = {}) =>
    octets((await this.#call("seal", { pdf: await plain(pdf), name: name || pdf.name || "", placement, ...given({ seal }) }, options)).pdf);
  check = async (document, options) => this.#call("check", { document: await plain(document) }, options);

  async #call(name, body, { signal } = {}) {
    await unlessAborted(signal, this.#options.language, () => this.connect());
    if (this.#legacy) return this.#legacy.task(name, body, signal);
    let reply;
    try {
      reply = await fetch(`${this.#base}/v1/${name}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...(this.#session && { "Hebca-Session": this.#session }) },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal,
      });
    } catch (problem) {
      if (signal?.aborted) throw this.#error(States.userCancelled);
      this.close();
      throw this.#error(States.notRunning, problem.message);
    }
    const answer = await reply.json().catch(() => ({}));
    if (reply.ok) return answer;
    throw this.#failure(reply.status, answer.error);
  }

  #failure(status, { code, text, remedy, number, detail } = {}) {
    if (code === "denied-by-policy" || (!code && status === 403)) return this.#error(States.originBlocked);
    if (code === States.userCancelled) return this.#error(code);
    const message = [text, remedy].filter(Boolean).join("。") || textOf("unknown", this.#options.language);
    return new AssistantError(code ?? "unknown", message, { number, status, remedy, detail });
  }

  get #base() {
    return `https://localhost:${this.#options.httpsPort}`;
  }

  #openEvents() {
    return new Promise((opened, failed) => {
      const socket = (this.#arriving = new WebSocket(`wss://localhost:${this.#options.httpsPort}/v1/events`));
      socket.onerror = failed;
      socket.onclose = () => {
        failed();
        if (this.#socket !== socket) return;
        this.#socket = undefined;
        this.#session = "";
        this.dispatchEvent(new CustomEvent("disconnected"));
      };
      socket.onmessage = ({ data }) => {
        const { event, ...detail } = JSON.parse(data);
        if (event !== "session") return this.dispatchEvent(new CustomEvent(event, { detail }));
        this.#session = detail.session;
        this.#socket = socket;
        this.#arriving = undefined;
        opened();
      };
    });
  }

  /** Why HTTPS did not work. Whatever answers on the old port runs, so only trust can be missing then. */
  async #withoutHttps() {
    if ((await permission()) === "denied") throw this.#error(States.permissionDenied);
    if (await this.#refused()) throw this.#error(States.originBlocked);
    const legacy = new LegacyTransport(this.#options.certificatePort, this.#options.language);
    try {
      await legacy.open();
    } catch {
      throw this.#error(seen() ? States.notRunning : States.notInstalled);
    }
    remember();
    if (!this.#options.fallback) {
      legacy.close();
      throw this.#error(States.certificateNotTrusted);
    }
    this.#options.onState(States.certificateNotTrusted, textOf(States.certificateNotTrusted, this.#options.language));
    this.#legacy = legacy;
    legacy.onlost = () => {
      this.#legacy = undefined;
      this.dispatchEvent(new CustomEvent("disconnected"));
    };
    return "websocket";
  }

  /** The events socket says nothing about why it was refused; a call does. */
  async #refused() {
    try {
      return (await fetch(`${this.#base}/v1/status`)).status === 403;
    } catch {
      return false;
    }
  }

  /** While the browser asks the person, a connection simply does not come: then the page can say why, and when it is over. */
  #watchPrompt() {
    if (LOOPBACK.test(location.hostname)) return () => {}; // nobody is asked there
    let [told, over] = [false, false];
    const timer = setTimeout(async () => {
      if ((await permission()) !== "prompt" || over) return;
      told = true;
      this.#options.onState(States.promptShowing, textOf(States.promptShowing, this.#options.language));
    }, PROMPT_AFTER);
    return () => {
      over = true;
      clearTimeout(timer);
      if (told && this.transport === "https") this.#options.onState(States.connected, "");
    };
  }

  #error(code, detail = "") {
    return new AssistantError(code, textOf(code, this.#options.language) + (detail && ` (${detail})`));
  }
}

/** "granted", "denied", "prompt", or "" where the browser has no such permission. */
async function permission() {
  for (const name of PERMISSIONS) {
    try {
      return (await navigator.permissions.query({ name })).state;
    } catch {
      // another name, or none
    }
  }
  return "";
}

const given = (members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
const item = async ({ name, data, digest }) => given({ name, digest, data: data === undefined ? undefined : await plain(data) });
const plain = async (data) => base64(data instanceof Blob ? await data.arrayBuffer() : data);

/** Octets, or text that is base64 already, as base64. */
export function base64(data) {
  if (typeof data === "string") return data;
  if (!(data instanceof ArrayBuffer || ArrayBuffer.isView(data))) throw new TypeError("octets, or text in base64, are needed");
  const view = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
  let text = "";
  for (let place = 0; place < view.length; place += 8192) text += String.fromCharCode(...view.subarray(place, place + 8192));
  return btoa(text);
}

export const octets = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
export const utf8 = (text) => new TextEncoder().encode(text);

function seen() {
  try {
    return localStorage.getItem(SEEN) !== null;
  } catch {
    return false;
  }
}

function remember() {
  try {
    localStorage.setItem(SEEN, "1");
  } catch {
    // a page without storage forgets
  }
}
