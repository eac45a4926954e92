// A page of one application, in a real browser, that does what it can to a person's other applications: they are siblings
// under one domain, so its requests are same-site and carry every cookie.
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findChromium, startChromium } from '../fixtures/chromium.ts';
import { useStack } from '../fixtures/use-stack.ts';

const executable = findChromium();
jest.setTimeout(30_000);
const describeInBrowser = executable === undefined ? describe.skip : describe;

// Under latchkey.localhost one cookie serves all hosts; under elsewhere.localhost each has a session of its own.
const open = "to: '{{app}}', options: {allowed_email_domains: [example.com]}";
const upstreams = `
- {service: hostile, default: {from: hostile.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], skip_auth_regex: [^/public/]}}}
- {service: wiki, default: {from: wiki.latchkey.localhost, ${open}}}
- {service: foreign, default: {from: hostile.elsewhere.localhost, ${open}}}
- {service: payroll, default: {from: payroll.elsewhere.localhost, ${open}}}
- {service: vault, default: {from: vault.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [security@example.com]}}}
- {service: apps, default: {type: launcher, from: apps.latchkey.localhost, options: {allowed_email_domains: [example.com]}}}
`;

describeInBrowser('a page of a sibling host', () => {
  const the = useStack({
    upstreams,
    authEnv: { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.localhost' },
  });
  const elsewhere = (host: string, target = '/') =>
    `http://${host}.elsewhere.localhost:${the.stack.ports.proxy}${target}`;
  let chromium: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    chromium = await startChromium(executable ?? '');
  });
  afterEach(() => context.close());
  afterAll(() => chromium.close());

  // Signs in at the first address, and opens the others.
  async function openAll(...urls: [string, ...string[]]): Promise<void> {
    the.stack.app.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>an application</title>');
    };
    context = await chromium.newContext();
    page = await context.newPage();
    await page.goto(urls[0]);
    await page.getByRole('button', { name: 'engineer@example.com' }).click();
    await page.waitForURL(urls[0]);
    for (const url of urls.slice(1)) await page.goto(url);
  }

  const cookieNames = async (url: string) => (await context.cookies(url)).map(({ name }) => name);

  // The proxy has refused a sign-out that a page asked for.
  const refused = () =>
    the.stack.nextLine(({ path, error }) => path === '/oauth2/sign_out' && error === 'cross_site_request');

  const showImage = (src: string) =>
    page.evaluate(
      (address) =>
        new Promise((done) => {
          const image = new Image();
          image.addEventListener('load', done);
          image.addEventListener('error', done);
          image.src = address;
        }),
      src,
    );

  test('ends no session of another host, by an image, a frame or a page fetched ahead', async () => {
    await openAll(elsewhere('payroll'), elsewhere('hostile'));
    const target = elsewhere('payroll', '/oauth2/sign_out');
    const ahead = refused();
    await page.evaluate((url) => {
      const rules = document.createElement('script');
      rules.type = 'speculationrules';
      rules.textContent = JSON.stringify({ prefetch: [{ urls: [url], eagerness: 'immediate' }] });
      document.head.append(rules);
    }, target);
    await ahead;
    const image = refused();
    await showImage(target);
    await image;
    const frame = refused();
    await page.evaluate((src) => {
      document.body.append(Object.assign(document.createElement('iframe'), { src }));
    }, target);
    await frame;

    expect(await cookieNames(elsewhere('payroll'))).toContain('_sso_proxy');
    expect((await page.goto(elsewhere('payroll')))?.status()).toBe(200);
  });

  test('undoes no sign-out, and begins no sign-in', async () => {
    await openAll(the.stack.url('wiki'));
    await page.goto(the.stack.url('wiki', '/oauth2/sign_out'));
    await page.getByRole('button', { name: /sign out/i }).click();
    await page.getByRole('heading', { name: /signed out/i }).waitFor();
    const before = await cookieNames(the.stack.authUrl('/'));
    await page.goto(the.stack.url('hostile', '/public/'));
    await showImage(the.stack.authUrl('/google/start'));

    expect(before).toContain('latchkey_signed_out');
    expect(await cookieNames(the.stack.authUrl('/'))).toEqual(before);
  });

  test.each(['"cookies"', '"*"'])('signs nobody out by Clear-Site-Data: %s', async (value) => {
    await openAll(the.stack.url('wiki'));
    the.stack.app.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/html', 'clear-site-data': value }).end('<!doctype html>');
    };
    await page.goto(the.stack.url('hostile'));

    expect(await cookieNames(the.stack.url('wiki'))).toContain('_sso_proxy');
    expect((await page.goto(the.stack.url('wiki')))?.status()).toBe(200);
  });

  test('reads no list of applications: not by fetch, in a frame, or in a window of its own', async () => {
    await openAll(the.stack.url('hostile'));
    const read = await page.evaluate(async () => {
      const fetched = await fetch('/oauth2/apps', { headers: { accept: 'application/json' } })
        .then((answer) => answer.text())
        .catch(String);
      const frame = document.createElement('iframe');
      frame.src = '/oauth2/apps';
      const framed = new Promise((done) => frame.addEventListener('load', done));
      document.body.append(frame);
      await framed;
      return fetched + (frame.contentDocument?.documentElement.textContent ?? '');
    });
    expect(read).not.toMatch(/wiki|apps/i);

    // With a click, as a person gives one at any time.
    await page.evaluate(() => {
      document.body.addEventListener('click', () =>
        Object.assign(window, { theirs: window.open('/oauth2/apps') }),
      );
    });
    const [popup] = await Promise.all([
      context.waitForEvent('page'),
      page.locator('body').click({ force: true }),
    ]);
    await popup.getByRole('heading', { name: 'Applications' }).waitFor();
    expect(popup.url()).toBe(the.stack.url('apps', '/oauth2/apps'));
    const seen = await page.evaluate(() => {
      try {
        const { theirs } = window as unknown as { theirs: Window };
        return theirs.document.documentElement.textContent;
      } catch (error) {
        return error instanceof DOMException ? error.name : 'something else';
      }
    });
    expect(seen).toBe('SecurityError');
  });

  test('and the person whom an application refuses still finds the list by a click', async () => {
    await openAll(the.stack.url('wiki'));
    await page.goto(the.stack.url('vault'));
    await page.getByRole('link', { name: 'See what you may open' }).click();
    await page.waitForURL(the.stack.url('apps', '/oauth2/apps'));
    expect(await page.locator('.title').allTextContents()).toEqual(['foreign', 'hostile', 'payroll', 'wiki']);
  });
});
