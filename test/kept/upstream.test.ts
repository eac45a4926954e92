// What an application behind BuzzFeed SSO receives and what becomes of its answers.
import { describe, expect, test } from '@jest/globals';
import { valuesOf } from '../fixtures/recorder.ts';
import type { Received } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

const upstreams = `
- service: hello
  default:
    from: hello.latchkey.localhost
    to: {{app}}
    options:
      allowed_email_domains: [example.com]
      skip_auth_regex: [^/public/]
      inject_request_headers:
        Authorization: Basic Zm9vOmJhcg==
        X-Number: 1
        X-Forwarded-User: somebody
- service: grouped
  default:
    from: grouped.latchkey.localhost
    to: {{app}}
    options:
      allowed_groups: [security@example.com, other@example.com, engineering@example.com]
- service: anybody
  default:
    from: anybody.latchkey.localhost
    to: {{app}}
    options:
      allowed_groups: ['*']
`;

const plain = useStack({ upstreams });
const secure = useStack({ upstreams, https: true });

/** The values of a header of the last request to the application. */
function received(name: string): string[] {
  const last: Pick<Received, 'rawHeaders'> = plain.stack.app.received.at(-1) ?? { rawHeaders: [] };
  return valuesOf(last, name);
}

describe('upstream', () => {
  test.each([
    ['only the groups that the rule names', 'grouped', 'engineer@example.com', 'engineering@example.com'],
    ['several, with commas', 'grouped', 'admin@example.com', 'engineering@example.com,security@example.com'],
    ['an empty text where the rule names none', 'hello', 'engineer@example.com', ''],
    ['an empty text where the rule is `*`', 'anybody', 'engineer@example.com', ''],
  ])('identity headers: user, address and groups, %s', async (_, host, email, groups) => {
    const browser = await plain.signedIn(email);
    expect((await browser.fetch(plain.stack.url(host))).status).toBe(200);
    expect(received('X-Forwarded-User')).toEqual([email.split('@')[0]]);
    expect(received('X-Forwarded-Email')).toEqual([email]);
    expect(received('X-Forwarded-Groups').map((value) => value.split(',').toSorted().join())).toEqual([
      groups,
    ]);
  });

  test('identity headers: in lower case, however the provider writes the address', async () => {
    plain.stack.idp.accounts.push({
      sub: 'mixed',
      email: 'Mia.Mixed@Example.com',
      email_verified: true,
      name: 'Mia',
      groups: [],
    });
    const browser = await plain.signedIn('Mia.Mixed@Example.com');
    expect((await browser.fetch(plain.stack.url('hello'))).status).toBe(200);
    expect(received('X-Forwarded-User')).toEqual(['mia.mixed']);
    expect(received('X-Forwarded-Email')).toEqual(['mia.mixed@example.com']);
  });

  test('identity headers: on authenticated requests only', async () => {
    const browser = await plain.signedIn();
    await browser.fetch(plain.stack.url('hello', '/public/'));
    expect(plain.stack.app.received).toHaveLength(1);
    for (const name of ['X-Forwarded-User', 'X-Forwarded-Email', 'X-Forwarded-Groups']) {
      expect(received(name)).toEqual([]);
    }
  });

  test('security headers: three, whatever the application says', async () => {
    const browser = await plain.signedIn();
    plain.stack.app.answer = (_req, res) =>
      res
        .writeHead(200, {
          'X-Frame-Options': 'ALLOWALL',
          'X-XSS-Protection': '0',
          'X-Content-Type-Options': 'no',
        })
        .end();
    const { headers } = await browser.fetch(plain.stack.url('hello'));
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'x-xss-protection': '1; mode=block',
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
  });

  test('security headers: Strict-Transport-Security where the cookie is secure', async () => {
    const browser = await secure.signedIn();
    const { status, headers } = await browser.fetch(secure.stack.url('hello'));
    expect([status, headers['strict-transport-security']]).toEqual([200, 'max-age=31536000']);
  });

  test('inject_request_headers: on authenticated requests only, and never over who it is', async () => {
    const browser = await plain.signedIn();
    await browser.fetch(plain.stack.url('hello'), {
      headers: { 'x-number': '2', authorization: 'Bearer own' },
    });
    expect(received('Authorization')).toEqual(['Basic Zm9vOmJhcg==']);
    expect(received('X-Number')).toEqual(['1']);
    expect(received('X-Forwarded-User')).toEqual(['engineer']);

    await browser.fetch(plain.stack.url('hello', '/public/'));
    expect(received('Authorization')).toEqual([]);
    expect(received('X-Number')).toEqual([]);
  });
});
