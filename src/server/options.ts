import type { EvaluationContext, Logger } from '@openfeature/server-sdk';

/** Everything is optional; `undefined` counts as not given. */
export interface SyncServerOptions {
  /**
   * Flag files to serve and to watch. Of two flags with one key, the later file's is served; flags set in code come last.
   * Default: none.
   */
  readonly files?: readonly string[] | undefined;
  /** Name or address to listen on; of a name, every address. Default `localhost`: only this machine. */
  readonly host?: string | undefined;
  /** 0 is any free port. Default 8015. */
  readonly port?: number | undefined;
  /** Path of a Unix socket to listen on instead of host and port. */
  readonly socketPath?: string | undefined;
  /** Default: no TLS. */
  readonly tls?: TlsOptions | undefined;
  /** A token that every request must carry as `authorization: Bearer …`. Default: none. */
  readonly authToken?: string | undefined;
  /** Sent to clients as sync context, which they merge into every evaluation. Default: empty. */
  readonly contextValues?: EvaluationContext | undefined;
  /** Where clients, pushes and refused files are told of. Default: warnings and errors to the console. */
  readonly logger?: Logger | undefined;
}

/** Paths of PEM files, read at every start. */
export interface TlsOptions {
  /** The server's certificate, and those between it and the root. */
  readonly certPath: string;
  /** Its private key. */
  readonly keyPath: string;
  /** Certificates of which one must have signed the client's (mutual TLS). Default: clients need none. */
  readonly clientCaPath?: string | undefined;
}
