import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { OpenFeature } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { GrpcSyncProvider } from '../../src';
import { resolveOptions } from '../../src/config/resolve-options';
import { optionTable } from '../../src/config/option-table';
import { SyncServer } from '../../src/server';
import { createCertificateAuthority } from '../support/certificates';

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}

interface Volume {
  readonly name: string;
  readonly secret?: { readonly items: readonly { readonly path: string }[] };
  readonly projected?: { readonly sources: readonly [{ readonly serviceAccountToken: { readonly path: string } }] };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly serviceAccountName: string;
        readonly volumes: readonly Volume[];
        readonly containers: readonly [
          { readonly env: readonly Variable[]; readonly volumeMounts: readonly { name: string; mountPath: string }[] },
        ];
      };
    };
  };
}

describe('The Kubernetes deployment', () => {
  let manifests: Manifest[];
  const pod = () => manifests.find(({ kind }) => kind === 'Deployment')!.spec.template.spec;

  /** The paths of all files that are mounted. */
  const mountedFiles = () =>
    pod().containers[0].volumeMounts.flatMap(({ name, mountPath }) => {
      const volume = pod().volumes.find((volume) => volume.name === name);
      const files = volume?.secret?.items ?? volume!.projected!.sources.map((source) => source.serviceAccountToken);
      return files.map(({ path }) => `${mountPath}/${path}`);
    });

  /** The container's flag variables, with the paths and the address of this test. */
  const environment = (here: (path: string) => string) =>
    Object.fromEntries(
      pod()
        .containers[0].env.filter(({ name }) => name.startsWith('FLAGD_'))
        .map(({ name, value }) => [name, value === undefined ? 'checkout-0' : here(value)]),
    );

  before(async () => {
    const text = await readFile('examples/kubernetes/application.yaml', 'utf8');
    manifests = parseAllDocuments(text).map((document) => document.toJS({ maxAliasCount: 0 }) as Manifest);
  });

  it('names a service account that is there', () => {
    const accounts = manifests.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name);
    expect(accounts).to.include(pod().serviceAccountName);
  });

  it('sets only variables that the provider reads, and mounts the files that they name', () => {
    const known = Object.values(optionTable).flatMap(({ variables }) => variables);
    const given = environment((value) => value);
    expect(known).to.include.members(Object.keys(given));
    const paths = Object.keys(given).filter((name) => name.endsWith('_PATH'));
    expect(paths).to.have.lengthOf(4);
    expect(mountedFiles()).to.have.members(paths.map((name) => given[name]));
  });

  it('brings an application its flags, by mutual TLS and with its token', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubernetes-'));
    const here = (value: string) => (value.startsWith('/') ? join(folder, value) : value);
    const put = (path: string, text: string) => {
      mkdirSync(dirname(here(path)), { recursive: true });
      writeFileSync(here(path), text);
      return here(path);
    };
    const authority = await createCertificateAuthority();
    const serverPair = await authority.issue({ commonName: 'flags' });
    const clientPair = await authority.issue({ commonName: 'checkout' });
    const given = environment((value) => value);
    const certPath = put(given.FLAGD_SERVER_CERT_PATH!, authority.cert);
    put(given.FLAGD_CLIENT_CERT_PATH!, clientPair.cert);
    put(given.FLAGD_CLIENT_KEY_PATH!, clientPair.key);
    put(given.FLAGD_AUTH_TOKEN_PATH!, 'made-by-the-kubelet\n');
    const server = new SyncServer({
      port: 0,
      tls: {
        certPath: put('/server.crt', serverPair.cert),
        keyPath: put('/server.key', serverPair.key),
        clientCaPath: certPath,
      },
      authToken: 'made-by-the-kubelet',
    });
    server.setFlags({
      flags: { 'new-checkout': { state: 'ENABLED', variants: { on: true }, defaultVariant: 'on' } },
      metadata: { flagSetId: 'checkout' },
    });
    try {
      await server.start();
      const env = { ...environment(here), FLAGD_HOST: 'localhost', FLAGD_SYNC_PORT: String(server.port) };
      const provider = new GrpcSyncProvider(resolveOptions({}, env));
      await OpenFeature.setProviderAndWait('kubernetes', provider);
      expect(await OpenFeature.getClient('kubernetes').getBooleanValue('new-checkout', false)).to.be.true;
    } finally {
      await OpenFeature.clearProviders();
      await server.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
