// The upstream file names 41 groups, and Google's directory takes its time over each. All of them were asked about for
// everybody within one budget, so the third person at once got 503 on a route that names a single group.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startDevDirectory } from '@latchkey/dev-idp';
import type { DevDirectory } from '@latchkey/dev-idp';
import { signedIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

const people = ['admin@example.com', 'engineer@example.com', 'finance@example.com'];
const everybody = 'everybody@example.com';
const others = Array.from({ length: 40 }, (_, at) => `team-${at}@example.com`);

let directory: DevDirectory;
let stack: Stack;
let later = 0;
beforeAll(async () => {
  const groups = Object.fromEntries([...others, everybody].map((group) => [group, people]));
  directory = await startDevDirectory({ now: () => Date.now() + later, groups });
});
afterAll(() => directory.close());
beforeEach(async () => {
  later = 0;
  directory.faults = { hasMember: { delayMs: 300 } };
  stack = await startStack({
    now: () => Date.now() + later,
    elapsed: () => performance.now() + later,
    upstreams: `
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: late
  default: {from: late.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [${everybody}]}}
- service: teams
  default: {from: teams.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [${others.join()}]}}
`,
    authEnv: {
      PROVIDER_DEV_GOOGLE_CREDENTIALS_JSON: directory.credentials,
      PROVIDER_DEV_GOOGLE_IMPERSONATE: 'admin@example.com',
      PROVIDER_DEV_GROUPCACHE_INTERVAL_REFRESH: '10m',
      PROVIDER_DEV_GOOGLE_DIRECTORY_URL: directory.url,
    },
  });
});
afterEach(async () => {
  directory.faults = {};
  await stack.close();
});

test('three people at once get to a route that names one group', async () => {
  const browsers = await Promise.all(people.map((email) => signedIn(stack, email)));
  const startedAt = performance.now();
  const answers = await Promise.all(browsers.map((browser) => browser.fetch(stack.url('late'))));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  await Promise.all(browsers.map((browser) => browser.close()));
});

test('one group that is never answered leaves what is known of the others', async () => {
  directory.faults = {};
  directory.groupFaults.set(others[0] ?? '', { answer: { status: 500, body: {} } });
  const browser = await signedIn(stack);
  expect((await browser.fetch(stack.url('late'))).status).toBe(200);
  expect((await browser.fetch(stack.url('teams'))).status).toBe(200);
  directory.groupFaults.clear();
  await browser.close();
});

test('what was known of a group counts on while an answer about another route leaves it open', async () => {
  directory.faults = {};
  const browser = await signedIn(stack, 'engineer@example.com', stack.url('late'));
  // Auth has forgotten, and the directory is away.
  await stack.restartAuth();
  directory.faults = { hasMember: { hangUp: true } };
  later = 61_000;
  expect((await browser.fetch(stack.url('hello'))).status).toBe(200);
  expect((await browser.fetch(stack.url('late'))).status).toBe(200);
  await browser.close();
});
