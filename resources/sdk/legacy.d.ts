/** The old calls as promises: any function of the certificate service by its name, e.g. `SignText({ signText })`. */
export declare class LegacyClient {
  constructor(port?: number);
  onlost?: () => void;
  open(): Promise<LegacyClient>;
  close(): void;
  call(name: string, parameters?: object): Promise<Record<string, unknown>>;
  [name: string]: any;
}
