import { Browser } from '@latchkey/testing/browser';
import { setTimeout as pause } from 'node:timers/promises';
import { lostHeader } from './balancer.ts';
import { validMs } from './environments.ts';
import { newcomers } from './people.ts';
import { tryToEnter } from './sign-in.ts';
import type { World } from './world.ts';

/** `in and out`: a sign-in, a page, a sign-out, after which a copy of the cookie is refused by each task within its time. */
export type Round = { readonly at: number; readonly endedAt: number; readonly outcome: RoundOutcome };
type RoundOutcome = 'in and out' | 'try again' | 'lost' | (string & {});

/** Somebody who signs in and out, over and over. */
export type Newcomer = {
  readonly rounds: readonly Round[];
  /** since when nothing is wrong; while something is, a sign-out may take as long as that */
  wellSince: number;
  stop(): Promise<void>;
};

/** What must not be, whatever happens. */
export const notHeld = 'a sign-out that does not hold';

const host = 'wiki.latchkey.localhost';
const betweenMs = 200;
// A busy machine may be late; a sign-out that does not hold is never on time.
const refusedWithinMs = validMs + 15_000;

/** Lets them begin. */
export function startNewcomer(world: World): Newcomer {
  const rounds: Round[] = [];
  const over = new AbortController();

  async function goOn(): Promise<void> {
    while (!over.signal.aborted) {
      const at = performance.now();
      const { email = '' } = newcomers[rounds.length % newcomers.length] ?? {};
      const outcome = await round(world, { email, well: self }).catch((error: unknown) => why(error));
      rounds.push({ at, endedAt: performance.now(), outcome });
      await pause(betweenMs);
    }
  }
  const self: Newcomer = {
    rounds,
    wellSince: -Infinity,
    async stop() {
      over.abort();
      await going;
    },
  };
  const going = goOn();
  return self;
}

type Whose = { readonly email: string; readonly well: Pick<Newcomer, 'wellSince'> };

async function round(world: World, { email, well }: Whose): Promise<RoundOutcome> {
  const browser = new Browser();
  try {
    const url = world.url(host, '/?mark=newcomer');
    const page = await tryToEnter(browser, url, email);
    if (page.status !== 200 || page.url !== url) return page.headers[lostHeader] ? 'lost' : ending(page);
    const cookie = await browser.jar.getCookieString(url);
    const left = await browser.visit(world.authUrl('/sign_out'), {
      form: {},
      headers: { 'sec-fetch-site': 'same-origin', origin: new URL(world.authUrl('/')).origin },
    });
    if (!left.body.includes('You are signed out')) return left.headers[lostHeader] ? 'lost' : ending(left);
    const refused = await isRefused(browser, { url, cookie, well });
    return refused ? 'in and out' : notHeld;
  } finally {
    await browser.close();
  }
}

function ending({ status, headers, body }: Awaited<ReturnType<typeof tryToEnter>>): RoundOutcome {
  if (status === 503 && headers['retry-after'] !== undefined && /try again/i.test(body)) return 'try again';
  return `status ${status}`;
}

// The balancer leads to one task after the other: so often in a row, and each of them has refused it.
const inARow = 4;

type Copied = { readonly url: string; readonly cookie: string; readonly well: Pick<Newcomer, 'wellSince'> };

async function isRefused(browser: Browser, { url, cookie, well }: Copied): Promise<boolean> {
  const signedOutAt = performance.now();
  for (let count = 0; count < inARow;) {
    const { status } = await browser.fetch(url, { headers: { cookie } });
    if (status === 200) count = 0;
    else count += status === 401 ? 1 : 0;
    if (performance.now() - Math.max(signedOutAt, well.wellSince) > refusedWithinMs) return false;
    if (status !== 401) await pause(100);
  }
  return true;
}

function why(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}
