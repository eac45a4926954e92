import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { gapSignature, parseGapKey } from './gap-signature.ts';
import type { GapKey } from './gap-signature.ts';
import type { SignedRequest } from './signed-request.ts';

const request: SignedRequest = {
  method: 'POST',
  headers: [
    ['Content-Length', '4'],
    ['Content-Type', 'text/plain'],
    ['X-Forwarded-User', 'ada'],
    ['X-Forwarded-Email', 'ada@example.com'],
    ['X-Forwarded-Groups', 'staff,makers'],
    ['Cookie', 'theme=dark'],
  ],
  path: Buffer.from('/a/b'),
  query: 'x=%2F&y',
  body: Buffer.from('body'),
};

function keyFrom(text: string): GapKey {
  const key = parseGapKey(text);
  if ('problem' in key) throw new Error(key.problem);
  return key;
}

function problemOf(text: string): string | undefined {
  const key = parseGapKey(text);
  return 'problem' in key ? key.problem : undefined;
}

describe('Gap-Signature', () => {
  // Computed with Python's hmac over the text
  // POST 4 (empty) text/plain (empty) (empty) ada ada@example.com staff,makers (empty) theme=dark /a/b?x=%2F&y body
  test.each([
    ['sha1', 'O1O7l+9Yf1YVM/2W/GJTSxbrc9c='],
    ['sha224', 'UqbBIP+feDlXhBbMKaoPREZA4lFGw0iwwj2zMA=='],
    ['sha256', 'AutfA6eVe5gWFRTwKAcZh7dDXu+sNholVhczFmBkeYI='],
    ['sha384', 'prD1bgM1faOBqQ4vGZQnxuG7v5daWy7tzp3BbCIBhq86Uhxrl7QsCCBQWhqYpsKS'],
    ['sha512', 'SKyxuQiayewfaqX3AdQHIkruyOvoO+1U2Vbg3SxwqDzxyGOkCZAjGgdcfU7l4hrt12GqhenGkhf9USqJE4cN3g=='],
    ['md5', 'dcdynsgsQ9Pn+67pBGaCMQ=='],
  ])('with %s names it and gives the known answer', (algorithm, signature) => {
    expect(gapSignature(keyFrom(`${algorithm}:hunter2`), request)).toBe(`${algorithm} ${signature}`);
  });

  test('of the barest request gives the known answer', () => {
    const bare = { method: 'GET', headers: [], path: Buffer.from('/'), query: '', body: Buffer.alloc(0) };

    expect(gapSignature(keyFrom('sha256:hunter2'), bare)).toBe(
      'sha256 0Ak/EPlbZDsw84YT/2Gx+GHDEyq0Fztp6sLoWXp6oyo=',
    );
  });

  test.each<[what: string, change: Partial<SignedRequest>]>([
    ['method', { method: 'PUT' }],
    ['header', { headers: request.headers.slice(1) }],
    ['path', { path: Buffer.from('/a%2Fb') }],
    ['query', { query: 'x=/&y' }],
    ['body', { body: Buffer.from('Body') }],
  ])('changes with the %s', (_what, change) => {
    const key = keyFrom('sha256:hunter2');

    expect(gapSignature(key, { ...request, ...change })).not.toBe(gapSignature(key, request));
  });
});

describe('a signing key', () => {
  test.each(['hunter2', '', ':', 'sha256:', 'sha256', 'sha256:hun:ter2', 'sha256:hunter2:', '::'])(
    'written %j is no algorithm and secret',
    (text) => {
      expect(problemOf(text)).toBe(
        'invalid signature hash:key spec: write algorithm:secret, the secret without a colon',
      );
    },
  );

  test.each(['sha3', 'SHA256', 'sha-256', 'md4', 'ripemd160'])('with the algorithm %s says so', (name) => {
    expect(problemOf(`${name}:hunter2`)).toBe(
      `unsupported signature hash algorithm: ${name}, write one of sha1, sha224, sha256, sha384, sha512, md5`,
    );
  });

  test.each([
    'hunter2:sha256',
    'hunter2:hunter2',
    ':hunter2',
    'sha256 hunter2:hunter2',
    'constructor:hunter2',
  ])('written %j does not show what may be its secret', (text) => {
    expect(problemOf(text)).toMatch(/^unsupported signature hash algorithm: \(not shown/);
    expect(problemOf(text)).not.toContain('hunter2');
  });

  test('does not print its secret', () => {
    expect(inspect(keyFrom('sha256:hunter2'), { depth: 9, showHidden: true })).not.toContain('hunter2');
    expect(JSON.stringify(keyFrom('sha256:hunter2'))).not.toContain('hunter2');
  });
});
