/** The old calls as promises: any function of the certificate service by its name, e.g. `SignText({ signText })`. */
export declare class LegacyClient {
  constructor(port?: number);
  /** The connection is gone, and with it the login. */
  onlost?: () => void;
  readonly connected: boolean;
  /** Connect; a call does it by itself. Rejects with `not-running`. */
  open(): Promise<LegacyClient>;
  close(): void;
  /** Rejects with an AssistantError: `number` is the service's, `code` "unknown" unless it is one of `States`. */
  call(name: string, parameters?: object): Promise<Record<string, any>>;
  [name: string]: any;
}
