// Invariant 4: nothing is trusted because a header is there. Health checks are a path, forwarding headers count only
// from configured peers, and there is no internal header between our services that says "already signed in".
import { describe, expect, test } from '@jest/globals';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

describe('from a peer that nobody trusts', () => {
  const the = useStack();

  test.each([
    ['X-Forwarded-User', 'admin@example.com'],
    ['X-Forwarded-Email', 'admin@example.com'],
    ['X-Latchkey-Jwt-Assertion', 'x.y.z'],
    ['X-Amzn-Oidc-Identity', 'admin@example.com'],
    ['X-Middleware-Subrequest', 'middleware'],
    ['SSO-Authenticated-User', 'admin@example.com'],
    ['GAP-Auth', 'admin@example.com'],
    ['X-Forwarded-For', '127.0.0.1'],
    ['X-Real-IP', '127.0.0.1'],
    ['Authorization', 'Basic YWRtaW46YWRtaW4='],
  ])('%s signs nobody in', async (name, value) => {
    const answer = await the.browser().fetch(the.stack.url('hello'), { headers: { [name]: value } });
    expect(answer.status).toBe(401);
    expect(the.stack.app.received).toEqual([]);
  });
});

describe('from a peer that the operator trusts', () => {
  const the = useStack({ proxyEnv: { SERVER_TRUSTED_PROXIES: '127.0.0.0/8, ::1/128' } });

  test('the client address and scheme are passed on, and still no identity', async () => {
    const browser = await the.signedIn();
    await browser.fetch(the.stack.url('hello'), {
      headers: {
        'X-Forwarded-For': '198.51.100.7, 203.0.113.9',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-User': 'evil',
      },
    });
    const [entry = { rawHeaders: [] }] = the.stack.app.received;
    expect(valuesOf(entry, 'X-Forwarded-For')).toEqual(['203.0.113.9, 127.0.0.1']);
    expect(valuesOf(entry, 'X-Forwarded-Proto')).toEqual(['https']);
    expect(valuesOf(entry, 'X-Forwarded-User')).toEqual(['engineer']);
  });
});
