import { call } from '@latchkey/http';
import { flawOfKeySet } from '@latchkey/upstreams';
import type { IssuerKeys } from '@latchkey/upstreams';
import { z } from 'zod';
import { readKeyFile } from './key-file.ts';

const longestWaitMs = 5_000;
const metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** What asks for the keys of an issuer, bounded in time and size. Its errors say what is the matter, in words that are safe to log. */
export function keySourceOf({ from, at }: IssuerKeys): () => Promise<unknown> {
  return async function fetchKeys() {
    if (from === 'file') return readKeys(at);
    const late = AbortSignal.timeout(longestWaitMs);
    return from === 'url' ? readJson(new URL(at), late) : discoverKeys(at, late);
  };
}

// OpenID Connect Discovery 1.0, sections 4.1 and 4.3.
async function discoverKeys(issuer: string, signal: AbortSignal): Promise<unknown> {
  const address = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const found = metadata.safeParse(await readJson(address, signal)).data;
  if (found === undefined) throw new Error('the issuer does not say where its keys are (jwks_uri)');
  if (found.issuer !== issuer) throw new Error('the issuer calls itself by another name (issuer)');
  const keys = new URL(found.jwks_uri);
  // Keys that come in the clear prove nothing; an issuer on this very machine may do without TLS.
  if (keys.protocol !== 'https:' && keys.protocol !== address.protocol) {
    throw new Error('the issuer publishes its keys without TLS (jwks_uri)');
  }
  return readJson(keys, signal);
}

async function readJson(url: URL, signal: AbortSignal): Promise<unknown> {
  const { status, body } = await call({
    url,
    method: 'GET',
    headers: { accept: 'application/json, application/jwk-set+json' },
    timeoutMs: longestWaitMs,
    signal,
  });
  if (status !== 200) throw new Error(`${url.origin} answered ${status}`);
  return JSON.parse(body);
}

function readKeys(path: string): unknown {
  const read = readKeyFile(path);
  if ('why' in read) throw new Error(`jwks_file cannot be read (${read.why})`);
  // What is no reason to refuse an upstream file must not push out the keys that count until then.
  const flaw = flawOfKeySet(read.text);
  if (flaw !== undefined) throw new Error(`jwks_file ${flaw}`);
  return JSON.parse(read.text);
}
