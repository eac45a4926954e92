import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findChromium, startChromium } from '../fixtures/chromium.ts';
import { hasRedis } from '@latchkey/testing/redis';
import { hasBalancer, startDemoOnTwoTasks } from '../fixtures/demo-on-two-tasks.ts';
import type { DemoOnTwoTasks } from '../fixtures/demo-on-two-tasks.ts';
import { startDemo } from '../fixtures/demo.ts';
import type { Demo } from '../fixtures/demo.ts';

const executable = findChromium();
if (executable === undefined) {
  process.stderr.write(
    'Browser tests are skipped: no Chromium found. Install it, or name it in CHROMIUM_PATH.\n',
  );
}
// A browser on two busy cores takes its time; whatever is waited for is an event all the same.
jest.setTimeout(30_000);
const describeInBrowser = executable === undefined ? describe.skip : describe;
let chromium: Browser;
if (executable !== undefined) {
  beforeAll(async () => void (chromium = await startChromium(executable)));
  afterAll(() => chromium.close());
}

const describeOnTwoTasks = hasBalancer && hasRedis ? describeInBrowser : describe.skip;

describeInBrowser.each(['google', 'oidc'] as const)('in a browser, with provider %s', (provider) => {
  holdsInBrowser(() => startDemo(provider));
});

describeOnTwoTasks.each([
  ['share a Redis', true],
  ['remember apart', false],
])('in a browser whose requests go to two tasks of each service in turn, which %s', (_, redis) => {
  let demo: DemoOnTwoTasks;
  holdsInBrowser(async () => (demo = await startDemoOnTwoTasks({ redis })));

  test('each task has answered its share', () => {
    const answered = demo.answered();
    expect(answered).toHaveLength(4);
    expect(Math.min(...answered)).toBeGreaterThan(10);
  });
});

/** Whatever the installation is made of. */
function holdsInBrowser(start: () => Promise<Pick<Demo, 'url' | 'stop'>>): void {
  let demo: Pick<Demo, 'url' | 'stop'>;
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    demo = await start();
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  });
  afterAll(async () => {
    expect(await demo.stop()).toBe(0);
  });

  async function newBrowser(): Promise<BrowserContext> {
    const context = await chromium.newContext();
    contexts.push(context);
    return context;
  }

  test('one sign-in opens every application that one may use, and no other', async () => {
    const page = await (await newBrowser()).newPage();
    const hops = recordHops(page);
    await signIn(page, demo.url('hello', '/?q=a%20b&x=1'));
    // One chain to the provider's page, one back from it, through auth both times.
    expect(hops()).toEqual([
      'hello 302',
      'sso /google/sign_in 302',
      expect.stringMatching(/^127\.0\.0\.1 .* 303$/),
      expect.stringMatching(/^127\.0\.0\.1 .* 200$/),
      expect.stringMatching(/^127\.0\.0\.1 .* 303$/),
      expect.stringMatching(/^127\.0\.0\.1 .* 303$/),
      'sso /google/callback 302',
      'hello 200',
    ]);
    expect(await page.textContent('body')).toContain('engineer@example.com');
    expect(await page.textContent('body')).toContain('The signature is good');

    await page.goto(demo.url('wiki'));
    expect(hops()).toEqual(['wiki 200']);

    await page.goto(demo.url('intranet'));
    expect(hops()).toEqual(['intranet 200']);
    expect(await page.textContent('body')).toContain('This application listens on no port');
    expect(await page.textContent('body')).toContain('engineer@example.com');

    await page.goto(demo.url('vault'));
    expect(hops()).toEqual(['vault 403']);
    const refusal = await page.textContent('main');
    expect(refusal).toContain('engineer@example.com');
    expect(refusal).toContain('allowed_groups: security@example.com');
    expect(refusal).toContain('No rule of the application lets this person in.');
  });

  test('one sign-in opens an application on another domain, which is handed a session of its own', async () => {
    const page = await (await newBrowser()).newPage();
    await signIn(page, demo.url('wiki'));
    const hops = recordHops(page);
    await page.goto(demo.url('partners', '/?q=a%20b&x=1'));
    expect(page.url()).toBe(demo.url('partners', '/?q=a%20b&x=1'));
    expect(await page.textContent('body')).toContain('engineer@example.com');
    expect(hops()).toEqual([
      'partners.elsewhere.localhost 302',
      'partners.elsewhere.localhost /oauth2/sign_in 302',
      'sso /google/sign_in 302',
      'partners.elsewhere.localhost /oauth2/callback 302',
      'partners.elsewhere.localhost 200',
    ]);
    await page.reload();
    expect(hops()).toEqual(['partners.elsewhere.localhost 200']);
  });

  test('the clock ticks and the echo answers', async () => {
    const page = await (await newBrowser()).newPage();
    await signIn(page, demo.url('hello'));
    const clock = page.locator('#clock');
    await page.waitForFunction(() =>
      /\d\d:\d\d:\d\d/.test(document.querySelector('#clock')?.textContent ?? ''),
    );
    const before = (await clock.textContent()) ?? '';
    await page.waitForFunction((text) => document.querySelector('#clock')?.textContent !== text, before);

    await page.fill('#echo input', 'is anybody there?');
    await page.click('#echo button');
    await page.waitForFunction(() =>
      document.querySelector('#echo-answer')?.textContent?.includes('is anybody there?'),
    );
  });

  test('signing out signs out on every host, and the next visit shows a page first', async () => {
    const page = await (await newBrowser()).newPage();
    await signIn(page, demo.url('hello'));
    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: /sign out/i }).click();
    await page.getByRole('heading', { name: /signed out/i }).waitFor();

    for (const host of ['wiki', 'hello'] as const) {
      await page.goto(demo.url(host));
      expect(new URL(page.url()).pathname).toBe('/google/sign_in');
    }
    await page.getByRole('link', { name: /continue with/i }).click();
    await page.getByRole('button', { name: 'finance@example.com' }).click();
    await page.waitForURL(demo.url('hello'));
  });

  test('two tabs that sign in at once both arrive', async () => {
    const browser = await newBrowser();
    const first = await browser.newPage();
    const second = await browser.newPage();
    await Promise.all([first.goto(demo.url('hello', '/?tab=1')), second.goto(demo.url('wiki', '/?tab=2'))]);
    await first.getByRole('button', { name: 'engineer@example.com' }).click();
    await first.waitForURL(demo.url('hello', '/?tab=1'));
    await second.getByRole('button', { name: 'engineer@example.com' }).click();
    await second.waitForURL(demo.url('wiki', '/?tab=2'));
  });

  test('a person with an account of another domain sees that and may choose another account', async () => {
    const page = await (await newBrowser()).newPage();
    await page.goto(demo.url('hello'));
    await page.getByRole('button', { name: 'guest@elsewhere.test' }).click();
    await page.getByText('guest@elsewhere.test').waitFor();
    await page.getByRole('link', { name: /somebody else|another account/i }).click();
    await page.getByRole('button', { name: 'admin@example.com' }).click();
    await page.waitForURL(demo.url('hello'));
    await page.goto(demo.url('vault'));
    expect(await page.textContent('body')).not.toContain('You do not have access');
  });

  test('a refused person can sign in as somebody else', async () => {
    const page = await (await newBrowser()).newPage();
    await signIn(page, demo.url('hello'), 'finance@example.com');
    await page.goto(demo.url('vault'));
    await page.getByRole('link', { name: 'Sign in as somebody else' }).click();
    await page.getByRole('button', { name: 'admin@example.com' }).click();
    await page.waitForURL(demo.url('vault'));
  });

  test('a public path needs no sign-in', async () => {
    const page = await (await newBrowser()).newPage();
    await page.goto(demo.url('hello', '/public/'));
    expect(await page.textContent('body')).toContain('Open to anyone');
  });
}

async function signIn(page: Page, url: string, email = 'engineer@example.com'): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: email }).click();
  await page.waitForURL(url);
}

// What the page's own frame was answered since the last call: host, path where it is auth's or the provider's, status.
function recordHops(page: Page): () => string[] {
  const hops: string[] = [];
  page.on('response', (response) => {
    if (!response.request().isNavigationRequest()) return;
    const { hostname, pathname } = new URL(response.url());
    const host = hostname.split('.latchkey')[0] ?? '';
    hops.push([host, ...(pathname === '/' ? [] : [pathname]), response.status()].join(' '));
  });
  return () => hops.splice(0);
}
