// Twenty callbacks at once with one state would show one code to the provider twenty times. Providers take the second use of
// a code for theft, and take back what they gave for the first (RFC 6749, section 4.1.2).
import { expect, test } from '@jest/globals';
import type { Browser } from '@latchkey/testing/browser';
import { useStack } from '../fixtures/use-stack.ts';

const sessionCookie = '_sso_proxy';

/** The callback that the provider sends a browser to, not yet visited. */
async function callbackOf(browser: Browser, start: string): Promise<string> {
  const chooser = await browser.visit(start);
  const [, name = '', value = ''] = /name="(\w+)" value="([^"]*)">engineer@/.exec(chooser.body) ?? [];
  let { headers } = await browser.visit(chooser.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(chooser.url).origin },
    body: new URLSearchParams([[name, value]]).toString(),
    follow: false,
  });
  while (!String(headers['location']).includes('/callback?')) {
    ({ headers } = await browser.visit(new URL(String(headers['location']), chooser.url).href, {
      follow: false,
    }));
  }
  return String(headers['location']);
}

const setsSession = ({ headers }: { headers: Record<string, string | string[] | undefined> }) =>
  [headers['set-cookie'] ?? []].flat().filter((line) => line.startsWith(`${sessionCookie}=`));

for (const providerType of ['google', 'oidc'] as const) {
  const use = useStack({ providerType });

  test(`${providerType} is shown a code once, and all who came with it meanwhile get the same session`, async () => {
    const { stack } = use;
    const browser = use.browser();
    const url = await callbackOf(browser, stack.url('hello'));
    stack.idp.requests.token = 0;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => browser.visit(url, { follow: false })),
    );
    expect(stack.idp.requests.token).toBe(1);
    expect(new Set(answers.map(({ status, headers }) => [status, headers['location']].join(' ')))).toEqual(
      new Set([`302 ${stack.url('hello')}`]),
    );
    expect(new Set(answers.flatMap(setsSession)).size).toBe(1);
    expect((await browser.visit(stack.url('hello'))).status).toBe(200);
  });
}
