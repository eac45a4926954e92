import { describe, expect, test } from '@jest/globals';
import { createHash, createHmac, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { request } from 'undici';
import { valuesOf } from '../fixtures/recorder.ts';
import type { Received } from '../fixtures/recorder.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const route = (name: string, options: string) =>
  `- {service: ${name}, default: {from: ${name}.latchkey.localhost, to: '{{app}}/base', options: {allowed_email_domains: [example.com]${options}}}}\n`;
const the = useStack({
  upstreams:
    route('hello', ", skip_auth_regex: ['^/public/']") + route('plain', ', skip_request_signing: true'),
  proxyEnv: {
    REQUESTSIGNER_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    SSO_CONFIG_HELLO_SIGNING_KEY: 'sha256:the secret of hello',
    SSO_CONFIG_PLAIN_SIGNING_KEY: 'sha256:the secret of plain',
  },
});

async function send(host: string, target: string, body?: string | Buffer): Promise<Received> {
  const browser = await the.signedIn();
  const answer = await request(`http://127.0.0.1:${the.stack.ports.proxy}${target}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      host: `${host}.latchkey.localhost:${the.stack.ports.proxy}`,
      cookie: `${await cookieHeader(browser, the.stack.url(host))}; mine=1`,
      ...(body !== undefined && { 'content-type': 'text/plain' }),
    },
    ...(body !== undefined && { body }),
  });
  await answer.body.dump();
  const [entry] = the.stack.app.received;
  if (answer.statusCode !== 200 || entry === undefined) throw new Error(`answered ${answer.statusCode}`);
  return entry;
}

function one(entry: Received, name: string): string {
  const values = valuesOf(entry, name);
  expect(values).toHaveLength(1);
  return values[0] ?? '';
}

async function certificates(): Promise<Record<string, string>> {
  const answer = await the.browser().fetch(the.stack.url('hello', '/oauth2/v1/certs'));
  expect(answer.status).toBe(200);
  return JSON.parse(answer.body) as Record<string, string>;
}

// Both texts are spelled out from the contract, and not from our own code.
const gapText = (method: string, headers: string, address: string, body = '') =>
  `${method}\n${headers}${address}\n${body}`;

describe('upstream: both signatures byte for byte, certs endpoint', () => {
  test('is signed over the decoded path before the path of `to`, its query, and no body', async () => {
    const entry = await send('hello', '/a%2Fb?x=%20y');
    expect(entry.target).toBe('/base/a%2Fb?x=%20y');
    const text = gapText('GET', '\n\n\n\n\nengineer\nengineer@example.com\n\n\nmine=1\n', '/a/b?x=%20y');
    const mac = createHmac('sha256', 'the secret of hello').update(text).digest('base64');
    expect(one(entry, 'Gap-Signature')).toBe(`sha256 ${mac}`);

    const pem = (await certificates())[one(entry, 'kid')] ?? '';
    expect(one(entry, 'kid')).toBe(createHash('sha256').update(pem).digest('hex'));
    const signed = 'engineer\nengineer@example.com\nmine=1\n/a/b?x=%20y\n';
    const signature = Buffer.from(one(entry, 'Sso-Signature'), 'base64url');
    expect(verify('sha256', Buffer.from(signed), createPublicKey(pem), signature)).toBe(true);
  });

  test('is signed over its body, which arrives whole', async () => {
    const entry = await send('hello', '/form', 'a=1&b=ü');
    expect(entry.body).toBe('a=1&b=ü');
    const text = gapText(
      'POST',
      '8\n\ntext/plain\n\n\nengineer\nengineer@example.com\n\n\nmine=1\n',
      '/form',
      'a=1&b=ü',
    );
    const mac = createHmac('sha256', 'the secret of hello').update(text).digest('base64');
    expect(one(entry, 'Gap-Signature')).toBe(`sha256 ${mac}`);
  });

  test('carries nothing that a client signed itself, and nobody on a public path', async () => {
    const answer = await the.browser().fetch(the.stack.url('hello', '/public/x'), {
      headers: {
        'Sso-Signature': 'forged',
        kid: 'forged',
        'Gap-Signature': 'forged',
        'X-Forwarded-User': 'admin',
      },
    });
    expect(answer.status).toBe(200);
    const [entry] = the.stack.app.received;
    if (entry === undefined) throw new Error('nothing arrived');
    const text = gapText('GET', '\n'.repeat(10), '/public/x');
    const mac = createHmac('sha256', 'the secret of hello').update(text).digest('base64');
    expect(one(entry, 'Gap-Signature')).toBe(`sha256 ${mac}`);
    expect(one(entry, 'kid')).not.toBe('forged');
    expect(one(entry, 'Sso-Signature')).not.toBe('forged');
  });

  test('with a body that is too large to be held is refused', async () => {
    await expect(send('hello', '/upload', Buffer.alloc(16 * 1024 * 1024 + 1))).rejects.toThrow(
      'answered 413',
    );
    expect(the.stack.app.received).toEqual([]);
  });
});

test('a route that skips request signing is not signed, and takes bodies of any size', async () => {
  const entry = await send('plain', '/upload', Buffer.alloc(17 * 1024 * 1024, 'x'));
  expect(entry.body).toHaveLength(17 * 1024 * 1024);
  for (const name of ['Gap-Signature', 'Sso-Signature', 'kid']) expect(valuesOf(entry, name)).toEqual([]);
});
