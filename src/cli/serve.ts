import { existsSync, readFileSync } from 'node:fs';
import type { JsonValue } from '@openfeature/server-sdk';
import { integer, flag, text, token } from '../config/option-types';
import { resolveOptions } from '../config/resolve-options';
import type { SyncServerOptions, TlsOptions } from '../server';
import { exitCode, jsonFlag, type Arguments, type Command } from './command';
import { exampleFlags } from './example-flags';
import { UsageError } from './failure';
import { loggerTo, logLine, type LogLevel } from './line-logger';
import { fromText } from './provider-flags';
import { printable, type Terminal } from './terminal';
import { untilInterrupted } from './until-interrupted';

/** Served, the first that is there, if no file is given. */
const usualFiles = ['flags.json', 'flags.yaml', 'flags.yml'];

export const serve: Command = {
  name: 'serve',
  operands: '[FILE…] [options]',
  hasFileOperands: true,
  summary: 'Serve flag files to providers of any language, and push what changes',
  about: `Serves flag files, in JSON or YAML (.yaml, .yml), over flagd.sync.v1 and sync.v1, and pushes every change of the
files. Of two flags with one key, the later file's is served. A client can select the flags of one file by its
path as given here (selector "source=FILE"), or of one flagSetId ("flagSetId=ID").

Without FILE it serves ${usualFiles.join(', else ')}, else two example flags.`,
  flags: [
    { name: 'host', value: 'HOST', help: 'Name or address to listen on; FLAGD_HOST; default localhost' },
    {
      name: 'port',
      value: 'PORT',
      help: 'Port to listen on, 0 for any; FLAGD_SYNC_PORT, else FLAGD_PORT; default 8015',
    },
    { name: 'socket-path', value: 'FILE', help: 'Unix socket to listen on instead; FLAGD_SOCKET_PATH' },
    { name: 'tls', isNegatable: true, help: 'Serve with TLS; FLAGD_TLS; implied by --cert-path' },
    { name: 'cert-path', value: 'FILE', help: "The server's certificate, in PEM; FLAGD_SERVER_CERT_PATH" },
    { name: 'key-path', value: 'FILE', help: 'Its private key, in PEM; FLAGD_SERVER_KEY_PATH' },
    {
      name: 'client-ca-path',
      value: 'FILE',
      help: 'Ask clients for a certificate of this authority, in PEM; FLAGD_CLIENT_CA_PATH',
    },
    {
      name: 'auth-token',
      value: 'TOKEN',
      help: 'Serve only who sends this token; FLAGD_AUTH_TOKEN; others on this machine see it in the list of processes',
    },
    { name: 'auth-token-path', value: 'FILE', help: 'File that holds the token; FLAGD_AUTH_TOKEN_PATH' },
    {
      name: 'context-value',
      value: 'KEY=VALUE',
      isRepeatable: true,
      help: 'Sync context: merged into every evaluation; a VALUE that is JSON is taken as such',
    },
    { name: 'quiet', short: 'q', help: 'Only warnings and errors' },
    { name: 'print-example', help: 'Print two example flags, to begin a file with, and end' },
    jsonFlag,
  ],
  connects: false,

  async run(args, terminal) {
    if (args.has('print-example')) {
      terminal.json(exampleFlags);
      return exitCode.ok;
    }
    const usual = usualFiles.filter((file) => existsSync(file)).slice(0, 1);
    const files = args.operands.length > 0 ? args.operands : usual;
    const logger = loggerTo(writer(args, terminal));
    const options = serverOptions(args);
    const { SyncServer } = await import('../server/index.js'); // not before it is needed: it takes longer than all else
    const server = new SyncServer({ ...options, files, logger });
    const interrupted = untilInterrupted();
    try {
      if (files.length === 0) {
        server.setFlags(exampleFlags, 'example');
        logger.info('No FILE is given, and no flags.json is here: two example flags are served. To begin a file:');
        logger.info('  flagsync serve --print-example > flags.json');
      }
      await server.start();
      await interrupted.done;
      return exitCode.ok;
    } finally {
      interrupted.cancel();
      await server.stop();
    }
  },
};

function writer(args: Arguments, terminal: Terminal): (level: LogLevel, message: string) => void {
  const isQuiet = args.has('quiet');
  return (level, message) => {
    if (isQuiet && (level === 'info' || level === 'debug')) return;
    if (args.has('json')) terminal.jsonLine({ at: new Date().toISOString(), level, message });
    else terminal.print(logLine(level, message, terminal));
  };
}

function serverOptions(args: Arguments): SyncServerOptions {
  const authToken = tokenOf(args);
  const tls = tlsOf(args);
  const contextValues = Object.fromEntries(args.values('context-value').map(contextValue));
  return { ...placeOf(args), ...(tls && { tls }), ...(authToken !== undefined && { authToken }), contextValues };
}

/** By the provider's own rules, of which one set of variables may serve both sides. */
function placeOf(args: Arguments): SyncServerOptions {
  const { FLAGD_HOST, FLAGD_PORT, FLAGD_SYNC_PORT, FLAGD_SOCKET_PATH } = process.env;
  const port = fromText('port', { type: integer(0, 65535) }, args.value('port'));
  const resolved = resolveOptions(
    { host: args.value('host'), port: port === 0 ? undefined : port, socketPath: args.value('socket-path') },
    { FLAGD_HOST, FLAGD_SOCKET_PATH, ...(port === undefined && { FLAGD_PORT, FLAGD_SYNC_PORT }) },
  );
  const { host, socketPath } = resolved;
  return socketPath === undefined ? { host, port: port ?? resolved.port } : { socketPath };
}

function tlsOf(args: Arguments): TlsOptions | undefined {
  const wanted = args.switch('tls') ?? fromText('tls', { type: flag }, variable('FLAGD_TLS'));
  if (wanted === false) return undefined;
  const given = (name: string, ...variables: string[]) =>
    fromText(name, { type: text }, args.value(name) ?? variables.map(variable).find((value) => value !== undefined));
  const keyPath = given('key-path', 'FLAGD_SERVER_KEY_PATH');
  const clientCaPath = given('client-ca-path', 'FLAGD_CLIENT_CA_PATH');
  // to the provider, this variable means the authority; with nothing else of TLS, it is not meant for a server
  const isAsked = wanted === true || keyPath !== undefined || clientCaPath !== undefined;
  const certPath = isAsked ? given('cert-path', 'FLAGD_SERVER_CERT_PATH') : given('cert-path');
  if (!isAsked && certPath === undefined) return undefined;
  if (certPath === undefined) throw new UsageError('TLS needs a certificate: --cert-path (FLAGD_SERVER_CERT_PATH)');
  if (keyPath === undefined) throw new UsageError('TLS needs a private key: --key-path (FLAGD_SERVER_KEY_PATH)');
  return { certPath, keyPath, clientCaPath };
}

function tokenOf(args: Arguments): string | undefined {
  const [given, path] = [args.value('auth-token'), args.value('auth-token-path')];
  if (given !== undefined && path !== undefined) {
    throw new UsageError('--auth-token cannot be given together with --auth-token-path');
  }
  if (given !== undefined) return checkedToken('auth-token', given);
  if (path !== undefined) return tokenIn(path);
  const fromEnvironment = variable('FLAGD_AUTH_TOKEN');
  if (fromEnvironment !== undefined) return checkedToken('auth-token', fromEnvironment);
  const pathFromEnvironment = variable('FLAGD_AUTH_TOKEN_PATH');
  return pathFromEnvironment === undefined ? undefined : tokenIn(pathFromEnvironment);
}

function tokenIn(path: string): string {
  try {
    return checkedToken('auth-token-path', readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--auth-token-path: ${printable(path)} cannot be read: ${(error as Error).message}`);
  }
}

function checkedToken(name: string, given: string): string {
  return fromText(name, { type: token }, given) as string;
}

function contextValue(given: string): readonly [string, JsonValue] {
  const at = given.indexOf('=');
  if (at < 1) throw new UsageError(`--context-value: ${JSON.stringify(given)} cannot be used; expected KEY=VALUE`);
  const value = given.slice(at + 1);
  try {
    return [given.slice(0, at), JSON.parse(value) as JsonValue];
  } catch {
    return [given.slice(0, at), value];
  }
}

function variable(name: string): string | undefined {
  const value = process.env[name]?.trim();
  return value === '' ? undefined : value;
}
