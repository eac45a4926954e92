// `pass_access_token`: an application that acts at the provider in the person's name.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

let later = 0;
beforeEach(() => {
  later = 0;
});

describe.each(['google', 'oidc'] as const)('the access token of a %s provider', (providerType) => {
  const the = useStack({
    providerType,
    now: () => Date.now() + later,
    upstreams: `
- service: calendar
  default: {from: calendar.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], pass_access_token: true}}
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], skip_auth_regex: [^/public]}}
`,
  });

  function received(): string[] {
    return valuesOf(the.stack.app.received.at(-1) ?? { rawHeaders: [] }, 'X-Forwarded-Access-Token');
  }

  async function personOf(token: string | undefined): Promise<unknown> {
    const answer = await fetch(the.stack.idp.endpoints.userinfo, {
      headers: { authorization: `Bearer ${token}` },
    });
    return answer.json();
  }

  test('reaches the application that asks for it, and no other', async () => {
    const browser = await the.signedIn();
    await browser.fetch(the.stack.url('calendar'));
    const [token] = received();
    expect(await personOf(token)).toMatchObject({ email: 'engineer@example.com' });

    const headers = { 'x-forwarded-access-token': 'of my own' };
    await browser.fetch(the.stack.url('calendar'), { headers });
    expect(received()).toEqual([token]);
    for (const path of ['/', '/public']) {
      await browser.fetch(the.stack.url('hello', path), { headers });
      expect(received()).toEqual([]);
    }
    expect(the.stack.logText()).not.toContain(String(token));
  });

  test('is replaced when it is over', async () => {
    const browser = await the.signedIn();
    await browser.fetch(the.stack.url('calendar'));
    const [first] = received();
    later = 3_700_000;
    await browser.fetch(the.stack.url('calendar'));
    const [second] = received();
    expect(second).not.toBe(first);
    expect(await personOf(second)).toMatchObject({ email: 'engineer@example.com' });
  });

  test('is sent empty when it is over and the provider is away: nobody is signed out for it', async () => {
    const browser = await the.signedIn();
    await browser.fetch(the.stack.url('calendar'));
    const unavailable = { answer: { status: 503, body: '' } };
    the.stack.idp.behaviour.faults = { token: unavailable };
    later = 3_700_000;
    const answer = await browser.fetch(the.stack.url('calendar'));
    the.stack.idp.behaviour.faults = {};
    expect([answer.status, received()]).toEqual([200, ['']]);
  });
});
