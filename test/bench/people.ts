import { deriveKeys, sealSession, sessionCookie } from '@latchkey/session';
import { loadProxySettings } from '@latchkey/settings';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { startUp } from '@latchkey/testing/environments';
import type { Installation } from './installation.ts';
import { domain, environment } from './latchkey.ts';
import type { Listening } from './processes.ts';

// As many sign in at once.
const together = 64;
// More sessions than that are those of the same people on other devices.
const mostPeople = 1_000;

type At = { readonly gate: Listening; readonly host: string };

/**
 * Signs people in, as auth would, and lets the browser of each ask once, as it has before it asks again.
 *
 * @param count how many sessions
 * @param at the gate, and the host where they ask
 * @returns the `Cookie` header of each
 */
export async function signedIn(count: number, installation: Installation, at: At): Promise<string[]> {
  const { session } = startUp(loadProxySettings(environment(installation, at.gate.port)));
  const { name, secure, secrets } = session.cookie;
  const cookie = sessionCookie(name, { secure, domain }, deriveKeys(secrets, 'session'));
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, auth_time: now, exp: now + 86_400 };
  const browsers = new Agent({ connections: together });
  const given: string[] = [];
  const headers: string[] = [];

  async function signIn(which: number): Promise<void> {
    const person = which % mostPeople;
    const user = `person${person}`;
    const about = { sub: user, user, email: `${user}@${domain}`, idp: 'google', aud: domain };
    const sealed = await sealSession({ sid: `session-${which}`, ...about, ...times }, cookie);
    const own = `${cookie.name}=${sealed}`;
    given[person] ??= await firstCookies(own, at, browsers);
    headers[which] = [own, given[person]].join('; ');
  }
  await inBatches(count, signIn);
  await browsers.close();
  return headers;
}

/** Lets each browser ask once. */
export async function visitAll(cookies: readonly string[], at: At): Promise<void> {
  const browsers = new Agent({ connections: together });
  await inBatches(cookies.length, (which) => firstCookies(cookies[which] ?? '', at, browsers));
  await browsers.close();
}

async function inBatches(count: number, work: (which: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += together) {
    const length = Math.min(together, count - from);
    await Promise.all(Array.from({ length }, (_, at) => work(from + at)));
  }
}

// What a browser is given with the first answer, and sends from then on.
async function firstCookies(cookie: string, { gate, host }: At, dispatcher: Agent): Promise<string> {
  const url = `http://127.0.0.1:${gate.port}/1k`;
  const { statusCode, headers, body } = await request(url, { headers: { host, cookie }, dispatcher });
  await body.dump();
  if (statusCode !== 200) throw new Error(`a session of the bench is answered with ${statusCode}`);
  const given = [headers['set-cookie'] ?? []].flat();
  return given.map((value) => value.split(';')[0]).join('; ');
}

/** Writes `Cookie` headers into a file, one a line, and gives its name. */
export function cookieFile(cookies: readonly string[], file: string): string {
  writeFileSync(file, `${cookies.join('\n')}\n`);
  return file;
}
