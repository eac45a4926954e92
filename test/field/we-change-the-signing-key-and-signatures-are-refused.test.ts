// Applications keep the keys of `/oauth2/v1/certs` for a while. A new key was published only when it signed already, so
// that every application refused every request until it fetched them again.
import { describe, expect, test } from '@jest/globals';
import { loadProxySettings } from '@latchkey/settings';
import { createSigner } from '@latchkey/proxy';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { minimalProxy, startUp } from '@latchkey/testing/environments';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

const makeKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const [old, fresh] = [makeKey(), makeKey()];
const pemOf = (key: typeof old) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicPemOf = (key: typeof old) =>
  createPublicKey(key).export({ type: 'pkcs1', format: 'pem' }).toString();

describe('with the new key below the old one', () => {
  const the = useStack({ proxyEnv: { REQUESTSIGNER_KEY: pemOf(old) + pemOf(fresh) } });

  test('both are published and the old one signs', async () => {
    const browser = await the.signedIn();
    const { body } = await browser.fetch(the.stack.url('hello', '/oauth2/v1/certs'));
    const published = JSON.parse(body) as Record<string, string>;
    expect(Object.values(published)).toEqual([publicPemOf(old), publicPemOf(fresh)]);

    await browser.fetch(the.stack.url('hello', '/page'));
    const [entry] = the.stack.app.received;
    if (entry === undefined) throw new Error('nothing arrived');
    expect(published[valuesOf(entry, 'kid')[0] ?? '']).toBe(publicPemOf(old));
    const text = 'engineer\nengineer@example.com\n/page\n';
    const signature = Buffer.from(valuesOf(entry, 'Sso-Signature')[0] ?? '', 'base64url');
    expect(verify('sha256', Buffer.from(text), createPublicKey(old), signature)).toBe(true);
  });
});

function signerOf(REQUESTSIGNER_KEY: string): ReturnType<typeof createSigner> {
  const settings = startUp(loadProxySettings({ ...minimalProxy(), REQUESTSIGNER_KEY }));
  return createSigner({ variables: {}, rsaKey: settings.requestSignerKey, assertionKey: undefined });
}

test('a second key that is no good keeps the proxy from starting, by its place', () => {
  const wrong = fresh.export({ type: 'pkcs1', format: 'pem' }).toString();
  expect(signerOf(pemOf(old) + wrong)).toMatchObject({
    problems: [
      { variable: 'REQUESTSIGNER_KEY', message: expect.stringMatching(/^key 2: this is a PKCS#1 key/) },
    ],
  });
});

test('what a file has behind its key and is no private key does not count', () => {
  const outcome = signerOf(`a key:\n${pemOf(old)}${publicPemOf(fresh)}the end\n`);
  const { certs } = 'signer' in outcome ? outcome.signer : { certs: '' };
  expect(Object.values(JSON.parse(certs) as object)).toEqual([publicPemOf(old)]);
});
