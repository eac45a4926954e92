// Keeps of so many people what a sign-in keeps, in the store that the environment of auth names, and prints the session tokens of
// some. `COUNT` says how many people, `SHOWN` how many tokens: to seal one takes longer than all the rest.
import { clockFrom } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import { loadAuthSettings } from '@latchkey/settings';
import { createLog } from '@latchkey/telemetry';
import { startUp } from '@latchkey/testing/environments';
import { setTimeout as pause } from 'node:timers/promises';
import { createParts } from '../src/parts.ts';
import { grantOf } from '../src/session/grant.ts';
import { sealToken, withGrant } from '../src/lifecycle/issue.ts';
import { openStore } from '../src/store/open.ts';
import { StoreAway } from '../src/store/store.ts';

const { COUNT = '1000', SHOWN = '100', ...env } = process.env;
const count = Number(COUNT);
const every = Math.ceil(count / Number(SHOWN));
const together = 16;
const again = { most: 60, afterMs: 500 };

// As long as Google's are.
const tokens = {
  accessToken: 'a'.repeat(220),
  refreshToken: 'r'.repeat(103),
  idToken: 'i'.repeat(1_100),
  accessTokenSeconds: 3_599,
};
const groups = Array.from({ length: 5 }, (_, at) => `group-${at}@example.com`);
const from = { browser: 'Firefox on Linux', address: '192.0.2.1' };

const settings = startUp(loadAuthSettings(env));
const options = {
  log: createLog({ service: 'fill', level: 'fatal' }),
  emit: () => undefined,
  ...clockFrom({}),
};
const shared = await openStore(settings, options);
const parts = createParts(settings, { ...options, shared, providerTimeoutMs: 5_000 });

for (let at = 0; at < count; at += together) {
  const length = Math.min(together, count - at);
  await Promise.all(Array.from({ length }, (_, more) => signIn(at + more)));
}
process.exit(0);

async function signIn(which: number): Promise<void> {
  const sid = await untilKept(() => parts.store.newSid());
  const now = parts.now();
  const seconds = Math.floor(now / 1000);
  const session: Session = {
    sid,
    sub: `1000000000000${String(which).padStart(8, '0')}`,
    email: `person-${which}@example.com`,
    user: `person-${which}`,
    idp: 'google',
    aud: settings.session.cookie.domain ?? settings.server.host,
    iat: seconds,
    auth_time: seconds,
    exp: Math.floor((now + parts.sessionLifetimeMs) / 1000),
  };
  const grant = grantOf(tokens, { now, groups });
  const { accessToken, idToken } = tokens;
  const grantState = { grant, groups: { names: groups, at: now }, accessToken, idToken };
  await untilKept(() =>
    Promise.all([
      parts.store.keep(session, grantState, session.exp * 1000),
      parts.records.write(session, from),
    ]),
  );
  if (which % every !== 0) return;
  process.stdout.write(`${await sealToken(await withGrant(session, grant, parts), parts)}\n`);
}

// On a busy machine a command waits for longer than auth lets it, and then the store counts as away for a moment.
async function untilKept<T>(keep: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await keep();
    } catch (error) {
      if (!(error instanceof StoreAway) || tries === again.most) throw error;
      await pause(again.afterMs);
    }
  }
}
