// In a real browser: a long name must not take a page apart. An e-mail address of 100 characters set the heading of the
// launcher one letter to a line, and a frame of usual height cut off the one link of its page.
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  accountPage,
  confirmSignInPage,
  errorPage,
  launcherPage,
  renderPage,
  signInPage,
  signOutPage,
  thisAddress,
} from '@latchkey/web-pages';
import type { Browser, Page } from 'playwright-core';
import { findChromium, startChromium } from '../fixtures/chromium.ts';

const executable = findChromium();
jest.setTimeout(30_000);
const describeInBrowser = executable === undefined ? describe.skip : describe;

const email =
  'maximiliane.von-und-zu-hohenstein+notifications.for.everything@engineering.subsidiary.corp.example.com';
const host = 'a-rather-long-service-name.team-platform-observability.eu-central-1.internal.corp.example.com';
const requestId = 'uMA80RBR5cwx';
const inNewTab = { label: 'Sign in in a new tab', newTab: thisAddress, primary: true } as const;

const launcher = launcherPage({
  apps: [{ title: host, host, href: `https://${host}/` }],
  email,
  signOutHref: '/sign_out',
  accountHref: '/account',
  scriptHref: '/apps.js',
  requestId,
});
const account = accountPage({
  email,
  provider: host,
  sessions: [true, false].map((isHere) => ({
    handle: requestId,
    browser: 'Samsung Internet on Android',
    address: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
    signedInAt: 0,
    seenAt: 0,
    isHere,
  })),
  programs: [
    {
      handle: 'x',
      name: 'assistant.a-long-name-of-somebody.example.net',
      application: 'a-long-name-of-an-application.corp.example.com',
      scopes: ['read', 'write'],
      since: 0,
      seenAt: 0,
    },
  ],
  endProgramAction: '/account/end_program',
  endOneAction: '/',
  endAllAction: '/',
  signOutHref: '/',
  now: 0,
  requestId,
});
const pages: [string, string][] = [
  ['the launcher', launcher.body],
  ['the sessions of a person', account.body],
  ...[
    signInPage({ providers: [{ name: host, href: '/start' }], application: host, requestId }),
    confirmSignInPage({ application: host, href: '/start', requestId }),
    signOutPage({ email, action: '/', fields: {}, application: { host, href: '/' }, requestId }),
    errorPage({ code: 'access_denied', requestId, facts: [['Who may pass', `allowed_groups: ${email}`]] }),
    errorPage({ code: 'person_changed', requestId, actions: [{ label: `Go on as ${email}`, href: '/' }] }),
  ].map((page): [string, string] => [page.heading, renderPage(page).body]),
];

describeInBrowser('a page', () => {
  let chromium: Browser;
  let page: Page;

  beforeAll(async () => {
    chromium = await startChromium(executable ?? '');
  });
  afterEach(() => page.context().close());
  afterAll(() => chromium.close());

  async function show(body: string, [width, height]: readonly [number, number]): Promise<void> {
    const context = await chromium.newContext({ viewport: { width, height } });
    page = await context.newPage();
    await page.setContent(body);
  }

  test.each(pages)(
    'with a long host and a long e-mail address is never wider than its window: %s',
    async (_, body) => {
      await show(body, [320, 640]);
      const widths = () => page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(await widths()).toEqual([320, 320]);
      await page.setViewportSize({ width: 900, height: 700 });
      expect((await widths())[0]).toBeLessThanOrEqual(900);
    },
  );

  test.each([320, 660, 900])('of applications keeps its heading on one line, %i px wide', async (width) => {
    await show(launcher.body, [width, 700]);
    const { height } = (await page.locator('h1').boundingBox()) ?? { height: Infinity };
    expect(height).toBeLessThan(60);
  });

  test.each([
    [560, 300],
    [350, 340],
  ])('in a frame of %i × %i px shows its link without scrolling', async (...size) => {
    const paragraphs = ['Once you are signed in, come back and load this page again.'];
    const framed = errorPage({
      code: 'not_signed_in',
      requestId,
      paragraphs,
      actions: [inNewTab],
      framed: true,
    });
    await show(renderPage(framed).body, size);
    const { y, height } = (await page.getByRole('link').boundingBox()) ?? { y: Infinity, height: 0 };
    expect(y + height).toBeLessThanOrEqual(size[1]);
  });
});
