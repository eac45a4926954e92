// Whatever headers a request brings, what an application may take for a word of ours is what it would be without them: about
// the person of the session, or about nobody on a public path. Through the running proxy, byte for byte.
import { beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { openLine } from '../fixtures/raw-line.ts';
import type { Received } from '../fixtures/recorder.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';
import { cases, casesMs } from '@latchkey/testing';

const ours = [
  ...[
    'User',
    'Email',
    'Groups',
    'Access-Token',
    'Host',
    'Proto',
    'Port',
    'For',
    'Prefix',
    'Server',
    'Uri',
  ].map((name) => `X-Forwarded-${name}`),
  'X-Latchkey-Jwt-Assertion',
  'X-Latchkey-User',
  'Forwarded',
  'X-Real-Ip',
  'X-Request-Id',
  'Kid',
  'Proxy',
  'Gap-Signature',
  'Gap-Auth',
  'Sso-Signature',
  'Sso-Authenticated-User',
  'X-Original-Url',
  'X-Rewrite-Url',
];
const spelled = fc
  .tuple(
    fc.constantFrom(...ours),
    fc.array(fc.constantFrom('-', '_', '.', '~', '!', '--', '-_'), { minLength: 4, maxLength: 4 }),
    fc.integer(),
  )
  .map(([name, separators, capitals]) =>
    Array.from(name, (letter, at) => {
      if (letter === '-') return separators[at % 4] ?? '-';
      return (capitals >> (at % 32)) & 1 ? letter.toUpperCase() : letter.toLowerCase();
    }).join(''),
  );
const token = fc.stringMatching(/^[!#$%&'*+.^_`|~\w-]{1,16}$/);
const value = fc.stringMatching(/^[\t -~\u0080-\u00ff]{0,20}$/);
const cookies = fc
  .array(
    fc.constantFrom('_sso_proxy', '__Host-_sso_proxy', '=', '; ', 'a', '"', ',', '\u00a0', 'Fe26.2', '*'),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''));
const line = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(spelled, fc.oneof(value, fc.constant('admin@example.com'))) },
  { weight: 2, arbitrary: fc.tuple(token, value) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constant('Connection'), fc.array(spelled, { maxLength: 3 }).map(String)),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('Cookie', 'cookie'), cookies) },
  // What a parser may take for the end of a line, or for no name.
  {
    weight: 1,
    arbitrary: fc.tuple(spelled, fc.constantFrom('a\r\n b', 'a\0b', 'a\x0bb', 'a\nX-Forwarded-User: evil')),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      spelled.map((name) => `${name} `),
      value,
    ),
  },
);
const headers = fc
  .array(line, { maxLength: 10 })
  // These say where the request ends, which is another matter.
  .map((lines) =>
    lines.filter(([name]) => !/^(?:content-length|transfer-encoding|expect|host|upgrade)$/i.test(name)),
  );

// The variable in which CGI, WSGI, Rack and PHP hand a header to an application.
const variable = (name: string) => name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
const isOurs = (name: string) =>
  /^X_(?:FORWARDED|LATCHKEY)_/.test(variable(name)) || ours.map(variable).includes(variable(name));

function identityIn({ rawHeaders }: Received): string[] {
  const said = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : [],
  );
  // Each request has an id of its own: that there is one, and whose, is what counts.
  return said
    .filter(([name]) => isOurs(name))
    .map(([name, text]) => (name === 'X-Request-Id' && /^[\w-]{12}$/.test(text) ? name : `${name}: ${text}`));
}

// A hundred thousand lines of log are of no use to anybody.
const the = useStack({ proxyEnv: { LOGGING_ENABLE: 'false' } });
let cookie = '';
beforeAll(async () => {
  cookie = `Cookie: ${await cookieHeader(await the.signedIn(), the.stack.url('hello'))}\r\n`;
});

test.each([
  ['about the person of the session', '/private', () => cookie, 'X-Forwarded-User: engineer'],
  ['nothing about anybody on a public path', '/public/x', () => cookie, undefined],
  ['nothing about anybody without a session', '/public/x', () => '', undefined],
])(
  'the application receives %s',
  async (_, target, credential, word) => {
    const { received } = the.stack.app;
    the.stack.app.answer = (_req, res) => void res.writeHead(200, { 'Content-Length': '2' }).end('ok');
    const proxy = openLine(the.stack.ports.proxy);
    const ask = async (lines: string) => {
      received.length = 0;
      const head = `GET ${target} HTTP/1.1\r\nHost: hello.latchkey.localhost\r\n${credential()}`;
      const status = await proxy.ask(`${head}${lines}\r\n`);
      return { status, identities: received.map(identityIn) };
    };
    const alone = await ask('');
    expect(alone.status).toBe(200);
    expect(alone.identities.flat().filter((text) => text.startsWith('X-Forwarded-User'))).toEqual(
      word ? [word] : [],
    );

    let forwarded = 0;
    await fc.assert(
      fc.asyncProperty(headers, async (sent) => {
        const answer = await ask(sent.map(([name, text]) => `${name}: ${text}\r\n`).join(''));
        forwarded += answer.identities.length;
        for (const identity of answer.identities) expect(identity).toEqual(alone.identities[0]);
      }),
      { numRuns: Math.ceil(cases(300) / 3) },
    );
    expect(forwarded).toBeGreaterThan(cases(300) / 12);
    proxy.close();
  },
  casesMs,
);
