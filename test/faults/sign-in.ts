import type { Browser, Visit } from '@latchkey/testing/browser';
import { pressAccount } from '../fixtures/sign-in.ts';

/**
 * Opens a page, and signs in on the way where that is asked for.
 *
 * @throws Error where that ends anywhere but at the page
 */
export async function enter(browser: Browser, url: string, email: string): Promise<void> {
  const visit = await tryToEnter(browser, url, email);
  if (visit.status !== 200 || visit.url !== url)
    throw new Error(`${email} is led to ${visit.url} (${visit.status}): ${visit.body}`);
}

/** The same; tells where it ends. */
export async function tryToEnter(browser: Browser, url: string, email: string): Promise<Visit> {
  const visit = await browser.visit(url);
  const isAtProvider = new URL(visit.url).pathname.startsWith('/sign-in/') && visit.status === 200;
  return isAtProvider ? pressAccount(browser, visit, email) : visit;
}
