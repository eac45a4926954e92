// In a real browser: a page that must not be left opens the window that renews the session, gets its message, and the window is closed.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser as Chromium } from 'playwright-core';
import { findChromium, startChromium } from '../fixtures/chromium.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

const executable = findChromium();
jest.setTimeout(60_000);
const describeInBrowser = executable === undefined ? describe.skip : describe;

const upstreams = `
- service: wiki
  default: {from: wiki.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], skip_auth_regex: ['^/form$']}}
- service: other
  default: {from: other.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], skip_auth_regex: ['^/form$']}}
`;
const form = `<title>waiting</title><button onclick="window.open('http://wiki.latchkey.localhost:' + location.port + '/oauth2/refresh')">Renew</button>
<script>
addEventListener('message', ({ data, origin }) => (document.title = data.type + ' from ' + origin));
new BroadcastChannel('latchkey').onmessage = ({ data }) => (document.body.dataset.heard = data.type);
</script>`;

describeInBrowser('the window that renews a session', () => {
  let stack: Stack;
  let chromium: Chromium;
  beforeAll(async () => {
    stack = await startStack({ upstreams });
    stack.app.answer = (_req, res) => res.writeHead(200, { 'content-type': 'text/html' }).end(form);
    chromium = await startChromium(executable ?? '');
  });
  afterAll(async () => {
    await chromium.close();
    await stack.close();
  });

  test.each([
    ['the page of its own origin hears of it', 'wiki', true],
    ['a page of another host hears nothing', 'other', false],
  ])('%s, and it closes itself', async (_, host, hears) => {
    const context = await chromium.newContext();
    const page = await context.newPage();
    await page.goto(stack.url(host, '/form'));
    const opened = page.waitForEvent('popup');
    await page.getByRole('button', { name: 'Renew' }).click();
    const popup = await opened;
    const closed = popup.waitForEvent('close');
    await popup.getByRole('button', { name: 'engineer@example.com' }).click();
    await closed;

    const origin = new URL(stack.url('wiki')).origin;
    if (hears) {
      await page.waitForFunction("document.body.dataset.heard === 'latchkey:session_renewed'");
      await page.waitForFunction(`document.title === 'latchkey:session_renewed from ${origin}'`);
    }
    expect(await page.title()).toBe(hears ? `latchkey:session_renewed from ${origin}` : 'waiting');
    expect(page.url()).toBe(stack.url(host, '/form'));
    await context.close();
  });
});
