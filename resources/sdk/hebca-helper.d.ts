/** A string is base64 already; for plain text take `utf8("…")`. */
export type Octets = Uint8Array | ArrayBuffer | string;
/** A `Blob` may be a `File` from an `<input type=file>`. */
export type Content = Octets | Blob;
export type Usage = "sign" | "encrypt";
export type State =
  | "not-installed" | "not-running" | "prompt-showing" | "permission-denied" | "certificate-not-trusted"
  | "origin-blocked" | "user-cancelled" | "connected";

export declare const States: Readonly<{
  notInstalled: "not-installed"; notRunning: "not-running"; promptShowing: "prompt-showing";
  permissionDenied: "permission-denied"; certificateNotTrusted: "certificate-not-trusted";
  originBlocked: "origin-blocked"; userCancelled: "user-cancelled"; connected: "connected";
}>;
export declare function textOf(code: State | "needs-https" | "unknown", language?: "zh" | "en"): string;

/** `message` can be shown to the person as it is. */
export declare class AssistantError extends Error {
  /** A `State`, "needs-https", or a code of the assistant's table of failures. */
  readonly code: string;
  readonly number: number;
  readonly status: number;
  readonly remedy: string;
  /** For developers: with "bad-request" which member of the request is wrong, and what it takes. */
  readonly detail: string;
}

export interface Options {
  httpsPort?: number;
  certificatePort?: number;
  language?: "zh" | "en";
  /** Whether to use the old WebSocket where the secure connection is not trusted. Default true. */
  fallback?: boolean;
  /** What the page should tell the person; with "connected" there is nothing more to tell and `text` is "". */
  onState?: (state: State, text: string) => void;
}
export interface CallOptions { signal?: AbortSignal }
export interface Certificate {
  /** DER, base64. */ certificate: string;
  /** SHA-256, hex: the name of the certificate in further calls. */ fingerprint: string;
  holder: string; subject: string; issuer: string; unique_id: string; credit_code: string;
  serial: string; serial_decimal: string; not_before: string; not_after: string;
  validity: "valid" | "expired" | "not-yet-valid"; days_left: number;
  usage: Usage[]; key: string; replaced: boolean; practice: boolean;
}
/** Web eID authentication token: to be sent to the server as it is. */
export interface LoginToken {
  format: "web-eid:1.0"; unverifiedCertificate: string; algorithm: "RS256" | "ES256"; signature: string; appVersion: string;
}
export interface Item { name?: string; data?: Content; /** SHA-256, hex; CMS only. */ digest?: string }
export interface SignOptions extends CallOptions {
  form?: "pkcs1" | "cms"; hash?: "sha256" | "sha1"; detached?: boolean; certificate?: string;
}
export interface Signatures { certificate: string; signatures: { name: string; signature: string }[] }
/** Millimetres from the top left of the page; pages from 1, -1 is the last. */
export interface Placement {
  mode: "position" | "keyword" | "every-page" | "edge" | "field";
  page?: number; x_mm?: number; y_mm?: number; keyword?: string; nth?: number;
  /** Name of an empty signature field of the form; "" is the only one there is. */ field?: string;
}
/** valid: all checked, of a known issuer. unidentified: intact, but anybody can have made it. indeterminate: a needed part could
 *  not be checked. */
export type Verdict = "valid" | "unidentified" | "indeterminate" | "invalid" | "unsigned" | "unreadable";
export interface Seal {
  id: string; name: string; number: string;
  verdict: Verdict; trust: "trusted" | "untrusted" | "unknown";
  usable: boolean; /** Code of what keeps it from being used, or "". */ problem: string;
  valid_from: string; valid_to: string; width_mm: number; height_mm: number;
  /** PNG, base64; "" where it cannot be shown. */ picture: string;
  /** Fingerprints of the certificates that may use it. */ certificates: string[];
  practice: boolean;
}
/** What `hebca-helper check --json` tells; the members depend on `kind`. */
export interface Check {
  kind: string; verdict: Verdict; trust: string; /** What keeps it from being valid, the worst first. */ reasons: string[];
  signatures: Record<string, unknown>[]; problem: { code: string; detail: string } | null; [member: string]: unknown;
}

/** `certificates` are fingerprints of the certificates on the USBKEY. */
export interface AssistantEvents {
  "token-plugged": CustomEvent<{ certificates: string[] }>;
  "token-unplugged": CustomEvent<{ certificates: string[] }>;
  "login-ended": CustomEvent<{ certificates: string[] }>;
  /** The assistant ended, or closed the session; the next call connects anew. */
  "disconnected": CustomEvent<null>;
}
export declare class Assistant extends EventTarget {
  constructor(options?: Options);
  readonly transport: "" | "https" | "websocket";
  connect(): Promise<"https" | "websocket">;
  start(): Promise<"https" | "websocket">;
  close(): void;
  addEventListener<Name extends keyof AssistantEvents>(
    name: Name, listener: (event: AssistantEvents[Name]) => void, options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(name: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Name extends keyof AssistantEvents>(
    name: Name, listener: (event: AssistantEvents[Name]) => void, options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(name: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void;
  /** Rejects with "origin-blocked" until the person has let this site in, which the calls for certificates ask for. */
  status(options?: CallOptions): Promise<{ version: string; session: boolean }>;
  certificates(wanted?: { usage?: Usage; replaced?: boolean }, options?: CallOptions): Promise<Certificate[]>;
  choose(usage?: Usage, options?: CallOptions): Promise<Certificate>;
  login(nonce: string, options?: CallOptions & { certificate?: string }): Promise<LoginToken>;
  logout(options?: CallOptions): Promise<object>;
  sign(items: Item | Item[], options?: SignOptions): Promise<Signatures>;
  envelope(data: Content, recipients: Content | Content[], options?: CallOptions): Promise<string>;
  open(message: Content, options?: CallOptions): Promise<Uint8Array>;
  changePin(options?: CallOptions): Promise<object>;
  seals(options?: CallOptions): Promise<Seal[]>;
  seal(pdf: Content, placement: Placement, options?: CallOptions & { name?: string; seal?: string }): Promise<Uint8Array>;
  check(document: Content, options?: CallOptions): Promise<Check>;
}
export declare function base64(data: Octets): string;
export declare function octets(text: string): Uint8Array;
export declare function utf8(text: string): Uint8Array;
