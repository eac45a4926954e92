import { deriveKeys, sealSession, sessionCookie } from '@latchkey/session';
import { loadProxySettings } from '@latchkey/settings';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { startUp } from '../fixtures/environments.ts';
import type { Installation } from './installation.ts';
import { domain, environment } from './latchkey.ts';
import type { Listening } from './processes.ts';

// As many ask at once.
const together = 64;

/**
 * Signs so many people in, as auth would, and lets the browser of each ask once, as it has before it asks again.
 *
 * @param at the gate, and the host where they ask
 * @returns the `Cookie` header of each
 */
export async function signedIn(
  count: number,
  installation: Installation,
  at: { gate: Listening; host: string; path?: string },
): Promise<string[]> {
  const { session } = startUp(loadProxySettings(environment(installation, at.gate.port)));
  const { name, secure, secrets } = session.cookie;
  const cookie = sessionCookie(name, { secure, domain }, deriveKeys(secrets, 'session'));
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, auth_time: now, exp: now + 86_400 };
  const browsers = new Agent({ connections: together });
  const headers = Array.from({ length: count }, () => '');
  let next = 0;

  async function signInTheRest(): Promise<void> {
    for (let which = next++; which < count; which = next++) {
      const user = `person${which}`;
      const person = { sub: user, user, email: `${user}@${domain}`, idp: 'google', aud: domain };
      const value = await sealSession({ sid: `session-${which}`, ...person, ...times }, cookie);
      headers[which] = await remembering(`${cookie.name}=${value}`, at, browsers);
    }
  }
  await Promise.all(Array.from({ length: together }, signInTheRest));
  await browsers.close();
  return headers;
}

// A browser sends back what it was given with the first answer.
async function remembering(
  cookie: string,
  { gate, host, path = '/1k' }: Parameters<typeof signedIn>[2],
  dispatcher: Agent,
): Promise<string> {
  const url = `http://127.0.0.1:${gate.port}${path}`;
  const { statusCode, headers, body } = await request(url, { headers: { host, cookie }, dispatcher });
  await body.dump();
  if (statusCode !== 200) throw new Error(`a session of the bench is answered with ${statusCode}`);
  const given = [headers['set-cookie'] ?? []].flat().map((value) => value.split(';')[0] ?? '');
  return [cookie, ...given].join('; ');
}

/** The same in a file, one a line. */
export async function cookieFile(
  count: number,
  installation: Installation,
  at: { gate: Listening; host: string },
): Promise<string> {
  const file = join(installation.dir, `cookies-${at.gate.port}`);
  writeFileSync(file, `${(await signedIn(count, installation, at)).join('\n')}\n`);
  return file;
}
