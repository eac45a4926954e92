// Google signs people in and its directory says in which groups they are, through both services. What userinfo of the demo
// provider says of groups is other than what the directory says, and must not count.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startDevDirectory } from '@latchkey/dev-idp';
import type { DevDirectory } from '@latchkey/dev-idp';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { valuesOf } from '../fixtures/recorder.ts';
import { signedIn } from '../fixtures/sign-in.ts';
import { defaultUpstreams, startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

const minute = 60_000;
const hour = 60 * minute;
const [engineer, finance] = ['engineer@example.com', 'finance@example.com'];

let folder: string;
let directory: DevDirectory;
let stack: Stack;
let later: number;
beforeEach(async () => {
  later = 0;
  const now = () => Date.now() + later;
  folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
  directory = await startDevDirectory({
    now,
    groups: {
      'engineering@example.com': ['board@example.com'],
      'board@example.com': [finance],
      'security@example.com': [],
    },
  });
  const file = join(folder, 'credentials.json');
  writeFileSync(file, directory.credentials);
  stack = await startStack({
    now,
    upstreams: `${defaultUpstreams}
- service: ops
  default:
    from: ops.latchkey.localhost
    to: {{app}}
    options:
      allowed_email_addresses: [ADA+ops@example.com]
`,
    // As a deployment of BuzzFeed SSO has them, but for where the directory is.
    authEnv: {
      PROVIDER_DEV_GOOGLE_CREDENTIALS: file,
      PROVIDER_DEV_GOOGLE_IMPERSONATE: 'admin@example.com',
      PROVIDER_DEV_GROUPCACHE_INTERVAL_REFRESH: '10m',
      PROVIDER_DEV_GROUPCACHE_INTERVAL_PROVIDER: '10m',
      PROVIDER_DEV_GOOGLE_DIRECTORY_URL: directory.url,
    },
  });
});
afterEach(async () => {
  await Promise.all([stack.close(), directory.close()]);
  rmSync(folder, { recursive: true });
});

describe('allowed_groups under Google', () => {
  test('lets in who is in the group, through other groups too, and tells the application', async () => {
    const browser = await signedIn(stack, finance);
    const page = await browser.visit(stack.url('wiki'));
    expect(page.status).toBe(200);
    const entry = stack.app.received.at(-1) ?? { rawHeaders: [] };
    expect(valuesOf(entry, 'X-Forwarded-Groups')).toEqual(['engineering@example.com']);
    expect((await browser.visit(stack.url('vault'))).status).toBe(403);
    await browser.close();
  });

  test('refuses who is not, whatever else says so', async () => {
    const browser = await signedIn(stack, engineer);
    const refused = await browser.visit(stack.url('wiki'));
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('allowed_groups: engineering@example.com');
    await browser.close();
  });

  test('follows the directory within a minute', async () => {
    const browser = await signedIn(stack, finance);
    expect((await browser.fetch(stack.url('wiki'))).status).toBe(200);
    directory.groups.set('board@example.com', new Set([engineer]));
    later = 2 * minute;
    expect((await browser.fetch(stack.url('wiki'))).status).toBe(403);
    // Out of the group is not out of the house.
    expect((await browser.fetch(stack.url('hello'))).status).toBe(200);
    await browser.close();
  });

  test('outlives the directory: who was in stays in, nobody is signed out, and nobody new is let in', async () => {
    const browser = await signedIn(stack, finance);
    expect((await browser.fetch(stack.url('wiki'))).status).toBe(200);
    directory.faults = { hasMember: { hangUp: true }, token: { hangUp: true } };

    later = 2 * hour;
    const within = await browser.fetch(stack.url('wiki'));
    expect(within.status).toBe(200);
    // Auth vouches for the session still, in a cookie that says so; it is not taken away.
    expect(String(within.headers['set-cookie'])).toMatch(/^_sso_proxy=Fe26.*Max-Age=604800/);

    const stranger = await signedIn(stack, engineer);
    expect((await stranger.fetch(stack.url('hello'))).status).toBe(200);
    const unknown = await stranger.fetch(stack.url('wiki'));
    expect(unknown.status).toBe(503);
    expect(unknown.headers['retry-after']).toBeDefined();
    expect(unknown.headers['set-cookie']).toBeUndefined();

    directory.faults = {};
    later += minute;
    expect((await stranger.fetch(stack.url('wiki'))).status).toBe(403);
    expect((await browser.fetch(stack.url('wiki'))).status).toBe(200);
    await Promise.all([browser.close(), stranger.close()]);
  });

  test('knows a person whose address has capitals and a `+`, in the directory and in every rule, and nobody else by it', async () => {
    const account = { email_verified: true, name: 'Ada', groups: [] };
    stack.idp.accounts.push(
      { ...account, sub: 'ada-ops', email: 'Ada+Ops@Example.COM' },
      { ...account, sub: 'ada', email: 'ada@example.com' },
      { ...account, sub: 'ada ops', email: 'adaops@example.com' },
    );
    // A `+` that is read as a blank, or dropped with what follows it, makes somebody else of her.
    directory.groups.set('board@example.com', new Set(['ada+ops@example.com']));
    const statuses = await Promise.all(
      ['Ada\\+Ops@Example.COM', 'ada@example.com', 'adaops@example.com'].map(async (button) => {
        const browser = await signedIn(stack, button);
        const visits = ['hello', 'wiki', 'ops', 'vault'].map((host) => browser.fetch(stack.url(host)));
        const answers = await Promise.all(visits);
        await browser.close();
        return answers.map(({ status }) => status);
      }),
    );
    expect(statuses).toEqual([
      [200, 200, 200, 403],
      [200, 403, 403, 403],
      [200, 403, 403, 403],
    ]);
    const emails = stack.app.received.flatMap((entry) => valuesOf(entry, 'X-Forwarded-Email'));
    expect(new Set(emails)).toEqual(
      new Set(['ada+ops@example.com', 'ada@example.com', 'adaops@example.com']),
    );
  });
});
