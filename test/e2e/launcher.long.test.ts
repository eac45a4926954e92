import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { launcherPage, launcherScript } from '@latchkey/web-pages';
import type { App } from '@latchkey/web-pages';
import type { Browser, Page } from 'playwright-core';
import { findChromium, startChromium } from '../fixtures/chromium.ts';

const executable = findChromium();
jest.setTimeout(30_000);
const describeInBrowser = executable === undefined ? describe.skip : describe;

// Three columns at 1280 px: Backups, Café orders, GitLab / Grafana, Wiki.
const listed: Pick<App, 'title' | 'description' | 'icon'>[] = [
  { title: 'Backups', description: 'Copies of every Git repository' },
  { title: 'Café orders', icon: '/no-such-image.png' },
  { title: 'GitLab' },
  { title: 'Grafana', description: 'Dashboards' },
  { title: 'Wiki', icon: '📚' },
];

describeInBrowser('the launcher in a browser', () => {
  let chromium: Browser;
  let server: Server;
  let origin: string;
  let page: Page;

  beforeAll(async () => {
    server = createServer((req, res) => {
      if (req.url === '/apps.js')
        return res.writeHead(200, { 'content-type': 'text/javascript' }).end(launcherScript);
      if (req.url?.startsWith('/open/')) return res.end('opened');
      if (req.url !== '/') return res.writeHead(404).end();
      const { body, headers } = launcherPage({
        apps: listed.map((app, index) => ({
          ...app,
          href: `${origin}/open/${index}`,
          host: `host-${index}.example`,
        })),
        email: 'engineer@example.com',
        signOutHref: '/sign_out',
        accountHref: '/account',
        scriptHref: '/apps.js',
      });
      return res.writeHead(200, headers).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    chromium = await startChromium(executable ?? '');
  });
  afterEach(() => page.context().close());
  afterAll(async () => {
    await chromium.close();
    server.close();
  });

  async function open(options: { javaScriptEnabled?: boolean } = {}): Promise<void> {
    const context = await chromium.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    page = await context.newPage();
    await page.goto(`${origin}/`);
  }

  const titles = () => page.locator('.title').allTextContents();
  const focused = () => page.evaluate(() => document.activeElement?.querySelector('.title')?.textContent);

  test.each([
    ['g', ['GitLab', 'Grafana', 'Backups'], '3 of 5 applications'],
    ['git', ['GitLab', 'Backups'], '2 of 5 applications'],
    ['CAFE', ['Café orders'], '1 of 5 applications'],
    ['ÖRDÉRS café', ['Café orders'], '1 of 5 applications'],
    ['host-4', ['Wiki'], '1 of 5 applications'],
    ['dashboards graf', ['Grafana'], '1 of 5 applications'],
    ['  ', listed.map(({ title }) => title), '5 applications'],
  ])('typing %j lists what has it, the best title first', async (text, expected, count) => {
    await open();
    await page.keyboard.type(text);

    expect(await titles()).toEqual(expected);
    expect(await page.getByRole('status').textContent()).toBe(count);
    expect(await page.getByText('Nothing here matches').isVisible()).toBe(false);
  });

  test('Enter opens the first hit', async () => {
    await open();
    await page.keyboard.type('git');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/open/2`);
  });

  test('Enter opens nothing as long as nothing is typed or nothing matches', async () => {
    await open();
    await page.keyboard.press('Enter');
    await page.keyboard.type('zzz');
    await page.keyboard.press('Enter');

    expect(await titles()).toEqual([]);
    expect(await page.getByText('Nothing here matches').isVisible()).toBe(true);
    expect(await page.getByRole('status').textContent()).toBe('0 of 5 applications');
    expect(page.url()).toBe(`${origin}/`);
  });

  test('the arrow keys walk over the grid, and Enter opens what they reach', async () => {
    await open();
    const steps = { ArrowDown: 'Backups', ArrowRight: 'Café orders', End: 'Café orders' };
    for (const [key, title] of Object.entries(steps)) {
      await page.keyboard.press(key);
      expect(await focused()).toBe(title);
    }
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('Wiki');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe('Backups');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/open/3`);
  });

  test('typing on goes back to the search, and Escape empties it', async () => {
    await open();
    await page.keyboard.type('g');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.type('ra');
    expect(await page.getByLabel('Search applications').inputValue()).toBe('gra');
    expect(await titles()).toEqual(['Grafana']);

    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    expect(await titles()).toHaveLength(5);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    expect(
      await page.getByLabel('Search applications').evaluate((field) => field === document.activeElement),
    ).toBe(true);
  });

  test('an image that does not come leaves the letter', async () => {
    await open();
    await page.waitForFunction(() => document.querySelector('img') === null);

    expect(await page.locator('.tile').allTextContents()).toEqual(['B', 'C', 'G', 'G', '📚']);
  });

  test('without script the whole list is there and the search is not', async () => {
    await open({ javaScriptEnabled: false });

    expect(await titles()).toHaveLength(5);
    expect(await page.locator('input').isVisible()).toBe(false);
    await page.getByRole('link', { name: 'Wiki' }).click();
    await page.waitForURL(`${origin}/open/4`);
  });
});
