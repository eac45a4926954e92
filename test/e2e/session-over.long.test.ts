// In a real browser: a session ends while people are at work in an application that has a service worker, frames, and forms.
// Every one of them was shown raw JSON, and behind the worker for ever.
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { BrowserContext, Browser as Chromium, Page } from 'playwright-core';
import { findChromium, startChromium } from '../fixtures/chromium.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

const executable = findChromium();
jest.setTimeout(60_000);
const describeInBrowser = executable === undefined ? describe.skip : describe;

const upstreams = `
- service: wiki
  default: {from: wiki.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], allow_root_service_worker: true}}
- service: payroll
  default: {from: payroll.elsewhere.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], allow_root_service_worker: true}}
`;

const passesOn = `
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => event.respondWith(fetch(event.request)));
`;
const application = `<title>at work</title><iframe name="panel"></iframe>
<form method="post" action="/save"><input name="text"><button>Save</button></form>`;

async function signIn(where: Page, url: string, email = 'engineer@example.com'): Promise<void> {
  await where.goto(url);
  await where.getByRole('button', { name: email }).click();
  await where.waitForURL(url);
}

describeInBrowser('when the session is over', () => {
  let stack: Stack;
  let chromium: Chromium;
  let context: BrowserContext;
  let page: Page;
  const payroll = (target = '/') => `http://payroll.elsewhere.localhost:${stack.ports.proxy}${target}`;

  beforeAll(async () => {
    stack = await startStack({
      upstreams,
      authEnv: { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.localhost' },
    });
    stack.app.answer = (req, res) => {
      if (req.url === '/sw.js')
        return res.writeHead(200, { 'content-type': 'text/javascript' }).end(passesOn);
      return res.writeHead(200, { 'content-type': 'text/html' }).end(application);
    };
    chromium = await startChromium(executable ?? '');
  });
  beforeEach(async () => {
    context = await chromium.newContext();
    page = await context.newPage();
  });
  afterAll(async () => {
    await chromium.close();
    await stack.close();
  });

  async function register(): Promise<void> {
    await page.evaluate(async () => void (await navigator.serviceWorker.register('/sw.js')));
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  }
  const endSession = (domain: string) => context.clearCookies({ domain });

  test('a page behind a service worker signs in again, by the shared cookie and by a code', async () => {
    await signIn(page, payroll('/'));
    await register();
    await endSession('payroll.elsewhere.localhost');
    await page.goto(payroll('/again'));
    await page.waitForURL(payroll('/again'));
    expect(await page.title()).toBe('at work');

    await page.goto(stack.url('wiki'));
    await register();
    await context.clearCookies();
    await signIn(page, stack.url('wiki', '/again?a=b'));
    expect(await page.title()).toBe('at work');
  });

  test('another person behind a service worker is noticed, and goes on by the button alone', async () => {
    await signIn(page, stack.url('wiki'));
    await page.goto(stack.url('wiki'));
    await register();
    const other = await chromium.newContext();
    await signIn(await other.newPage(), stack.url('wiki'), 'finance@example.com');
    await context.addCookies((await other.cookies()).filter(({ name }) => name === '_sso_proxy'));
    await page.goto(stack.url('wiki', '/mine'));
    expect(await page.title()).toBe('You are signed in as somebody else');
    const press = page.getByRole('button', { name: 'Go on as finance@example.com' });

    // A sibling page has the same fetched ahead: the worker takes away all that could tell.
    const href = await press.evaluate((button) => (button as HTMLButtonElement).form?.action ?? '');
    const asked = stack.nextLine(({ path }) => path === '/oauth2/person');
    const sibling = await context.newPage();
    await sibling.goto(stack.authUrl('/robots.txt'));
    await sibling.evaluate((url) => {
      const rules = document.createElement('script');
      rules.type = 'speculationrules';
      rules.textContent = JSON.stringify({ prefetch: [{ urls: [url], eagerness: 'immediate' }] });
      document.head.append(rules);
    }, href);
    await asked;
    await page.reload();
    expect(await page.title()).toBe('You are signed in as somebody else');

    await press.click();
    await page.waitForURL(stack.url('wiki', '/mine'));
    expect(await page.title()).toBe('at work');
    await other.close();
  });

  test('a frame shows a link that signs in beside it, and a form is answered by a page that says what was lost', async () => {
    await signIn(page, stack.url('wiki'));
    await page.goto(stack.url('wiki'));
    await context.clearCookies();
    const panel = page.frameLocator('iframe');
    await page.evaluate(() => document.querySelector('iframe')?.setAttribute('src', '/panel'));
    const link = panel.getByRole('link', { name: 'Sign in in a new tab' });
    await link.waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(stack.url('wiki', '/save'));
    expect(await page.locator('main').innerText()).toContain(
      'What you sent has not reached the application.',
    );

    await page.goBack();
    await page.evaluate(() => document.querySelector('iframe')?.setAttribute('src', '/panel'));
    const opened = context.waitForEvent('page');
    await link.click();
    const tab = await opened;
    await tab.getByRole('button', { name: 'engineer@example.com' }).click();
    await tab.waitForURL(stack.url('wiki', '/panel'));
    expect(await tab.title()).toBe('at work');
  });
});
