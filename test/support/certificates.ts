import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { ServerCredentials } from '@grpc/grpc-js';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 24 * 60 * 60 * 1000;

/** A certificate and its private key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateRequest {
  readonly commonName: string;
  /** DNS names and IP addresses. Default: those of this machine. */
  readonly altNames?: readonly string[];
  /** Default: tomorrow. In the past: an expired certificate. */
  readonly notAfter?: Date;
}

/** Signs certificates for servers and for clients. */
export interface CertificateAuthority extends Certificate {
  issue(request: CertificateRequest): Promise<Certificate>;
}

/** Makes an authority that nobody knows but who is given its certificate. */
export async function createCertificateAuthority(commonName = 'Test authority'): Promise<CertificateAuthority> {
  const keys = await createKeys();
  const issuer = `CN=${commonName}`;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: issuer,
    keys,
    ...validUntil(new Date(Date.now() + day)),
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    cert: certificate.toString('pem'),
    key: await toPem(keys.privateKey),
    issue: (request) => issue(issuer, keys.privateKey, request),
  };
}

/** What a server shows, and, with `clients`, whose certificates it asks of its clients. */
export function serverCredentials({ cert, key }: Certificate, clients?: CertificateAuthority): ServerCredentials {
  const roots = clients ? Buffer.from(clients.cert) : null;
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
  return ServerCredentials.createSsl(roots, [pair], clients !== undefined);
}

async function issue(
  issuer: string,
  signingKey: webcrypto.CryptoKey,
  request: CertificateRequest,
): Promise<Certificate> {
  const { commonName, altNames = ['localhost', '127.0.0.1', '::1'], notAfter = new Date(Date.now() + day) } = request;
  const keys = await createKeys();
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${commonName}`,
    issuer,
    publicKey: keys.publicKey,
    signingKey,
    ...validUntil(notAfter),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new SubjectAlternativeNameExtension(altNames.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }))),
    ],
  });
  return { cert: certificate.toString('pem'), key: await toPem(keys.privateKey) };
}

function createKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function toPem(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

/** From long before, so that a certificate which has expired was valid once. */
function validUntil(notAfter: Date) {
  return { notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - day), notAfter, signingAlgorithm: algorithm };
}
