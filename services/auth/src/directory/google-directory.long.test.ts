// Google's directory, seen from the proxy: introspection goes in, groups come out, through a real HTTP server that is as
// strict as Google about assertions and tokens.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { startDevDirectory } from '@latchkey/dev-idp';
import type { DevDirectory, Fault } from '@latchkey/dev-idp';
import type { Browser } from '@latchkey/testing/browser';
import { clockFrom } from '@latchkey/http';
import { parseGoogleServiceAccount } from '@latchkey/settings';
import { createLog } from '@latchkey/telemetry';
import { basic, client, sessionCookieName, ssoOrigin, startRig } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';
import { parseJsonObject } from '../json.ts';
import { openMemoryStore } from '../store/open.ts';
import type { AuthEvent } from '../telemetry/events.ts';
import { googleDirectory } from './create.ts';

// Some of it is about time limits, which are real.
jest.setTimeout(20_000);

const [engineering, security, everybody, partners] = ['engineering', 'security', 'everybody', 'partners'].map(
  (name) => `${name}@example.com`,
) as [string, string, string, string];
const engineer = 'engineer@example.com';
const minute = 60_000;
const hour = 60 * minute;

const buzzfeedScopes = ['user', 'group'].map(
  (what) => `https://www.googleapis.com/auth/admin.directory.${what}.readonly`,
);

let directory: DevDirectory;
let [usual, impatient]: (Rig | undefined)[] = [];
let rig: Rig;
let browser: Browser;
beforeAll(async () => {
  directory = await startDevDirectory({ now: () => rig.clock.now });
  [usual, impatient] = await Promise.all([rigWith(5_000), rigWith(1_000)]);
});
afterAll(() => Promise.all([usual?.close(), impatient?.close(), directory.close()]));
beforeEach(() => {
  Object.assign(directory, {
    openToAll: new Set(),
    unlisted: new Set(),
    groups: new Map([
      [engineering, new Set([engineer])],
      [security, new Set(['admin@example.com'])],
      // Groups in groups, two of them in a circle.
      [everybody, new Set([engineering, security, partners])],
      [partners, new Set([everybody, 'guest@elsewhere.test'])],
    ]),
    inactive: new Set(),
    deleted: new Set(),
    delegated: new Set(buzzfeedScopes),
    administrators: new Set(['admin@example.com']),
    faults: {},
    groupFaults: new Map(),
    requests: { token: 0, hasMember: 0, member: 0, groups: 0, members: 0 },
    mostAtOnce: 0,
  });
  use(usual);
});

// All that was learned in the test before is too old to count.
function use(one: Rig | undefined): void {
  if (one === undefined) throw new Error('it runs only inside tests');
  rig = one;
  rig.heal();
  rig.clock.now += 5 * hour;
  browser = rig.browser();
}

function rigWith(providerTimeoutMs: number, env: Record<string, string> = {}): Promise<Rig> {
  return startRig({
    providerTimeoutMs,
    env: {
      ...env,
      AUTHORIZE_EMAIL_DOMAINS: 'example.com, elsewhere.test',
      PROVIDER_G_GOOGLE_CREDENTIALS_JSON: directory.credentials,
      PROVIDER_G_GOOGLE_IMPERSONATE: 'admin@example.com',
      PROVIDER_G_GOOGLE_DIRECTORY_URL: directory.url,
    },
  });
}

async function tokenOf(email = engineer): Promise<string> {
  const one = rig.browser();
  await rig.signIn(one, email);
  return one.cookie(ssoOrigin, sessionCookieName) ?? '';
}

/** The groups that introspection tells of, or the code of its error. */
async function groupsOf(token: string, ...groups: string[]): Promise<unknown> {
  const { body } = await rig.introspect({ token, groups });
  return body['groups'] ?? body['error'];
}

/** The groups as soon as there is an answer: a question of before may still run into its limit, and begin a pause then. */
async function answered(token: string, ...groups: string[]): Promise<unknown> {
  let said: unknown = await groupsOf(token, ...groups);
  while (said === 'provider_unavailable') {
    rig.clock.now += 10_000;
    said = await groupsOf(token, ...groups);
  }
  return said;
}

function asked(): number {
  return directory.requests.hasMember + directory.requests.member;
}

/** Lets the event loop turn until something is true. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(setImmediate);
}

function logged(text: string): number {
  return rig.log.filter((line) => line.includes(text)).length;
}

describe('a person is said to be', () => {
  test('in the groups that they are in, directly or through others, and in no other', async () => {
    const token = await tokenOf();
    expect(await groupsOf(token, security, engineering, everybody)).toEqual([engineering, everybody]);
    expect(directory.requests).toMatchObject({ hasMember: 3, member: 0 });
  });

  test('in what the directory says, whatever userinfo says', async () => {
    directory.groups.set(engineering, new Set());
    expect(await groupsOf(await tokenOf(), engineering)).toEqual([]);
  });

  test('in no other person’s groups, however many ask at once', async () => {
    const [one, other] = [await tokenOf(), await tokenOf('admin@example.com')];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => groupsOf(n % 2 === 0 ? one : other, engineering, security)),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, (_, n) => [n % 2 === 0 ? engineering : security]));
    expect(asked()).toBe(4);
  });

  test('of another domain only in groups that name them, and only while active', async () => {
    const guest = await tokenOf('guest@elsewhere.test');
    expect(await groupsOf(guest, partners, everybody, engineering)).toEqual([partners]);
    expect(directory.requests).toMatchObject({ hasMember: 3, member: 3 });
    directory.inactive.add('guest@elsewhere.test');
    rig.clock.now += 11 * minute;
    expect(await groupsOf(guest, partners)).toEqual([]);
  });
});

describe('the directory is not asked', () => {
  test('to sign in', async () => {
    await tokenOf();
    expect(directory.requests).toEqual({ token: 0, hasMember: 0, member: 0, groups: 0, members: 0 });
  });

  test('where no group is wanted, nor about what is none', async () => {
    const token = await tokenOf();
    expect((await rig.introspect({ token })).body).toMatchObject({ active: true, groups: [] });
    expect(await groupsOf(token, '*', '', '.', '..', 'x'.repeat(400))).toEqual([]);
    expect(directory.requests.token + asked()).toBe(0);
  });

  test('about a session that is over', async () => {
    const token = await tokenOf();
    rig.idp.behaviour.disabled.add(engineer);
    rig.clock.now += 2 * hour;
    expect((await rig.introspect({ token, groups: engineering })).body).toEqual({ active: false });
    expect(asked()).toBe(0);
  });

  test('twice within the interval', async () => {
    const token = await tokenOf();
    await groupsOf(token, engineering, security);
    rig.clock.now += 3 * minute;
    expect(await groupsOf(token, engineering, security)).toEqual([engineering]);
    expect(asked()).toBe(2);
  });

  test('by everybody at once: one question each, and a few at a time', async () => {
    const token = await tokenOf();
    const many = Array.from({ length: 60 }, (_, n) => `group-${n}@example.com`);
    for (const group of many) directory.groups.set(group, new Set([engineer]));
    const answers = await Promise.all(Array.from({ length: 5 }, () => groupsOf(token, ...many)));
    expect(answers).toEqual(Array.from({ length: 5 }, () => many));
    expect(directory.requests).toMatchObject({ hasMember: 60, member: 0 });
    expect(directory.mostAtOnce).toBeLessThanOrEqual(8);
  });
});

test('a group that may not be seen is counted like one that is not answered, for an alarm', async () => {
  const events: AuthEvent[] = [];
  const account = parseGoogleServiceAccount(directory.credentials);
  if (account === undefined) throw new Error('not read');
  const counted = googleDirectory(
    {
      url: new URL(directory.url),
      credentials: { account },
      impersonate: 'admin@example.com',
      groups: 'hasMember',
    },
    {
      id: 'g',
      slug: 'google',
      groupsMs: 10 * minute,
      sessionValidMs: minute,
      timeoutMs: 5_000,
      now: () => rig.clock.now,
      elapsed: () => rig.clock.now,
      log: createLog({ service: 'auth', level: 'fatal' }),
      emit: (event) => void events.push(event),
      shared: openMemoryStore(clockFrom()),
    },
  );
  directory.groupFaults.set(security, { answer: forbidden('forbidden') });
  expect(await counted.memberOf(engineer, [engineering, security], 2)).toEqual({
    memberOf: [engineering],
    unknown: [],
    ageMs: 0,
  });
  expect(events.filter(({ kind }) => kind === 'group_unanswered')).toEqual([
    { kind: 'group_unanswered', provider: 'google', group: security },
  ]);
});

describe('somebody who was deleted', () => {
  test('is in no group when the interval is over, and nobody else is touched', async () => {
    const [deleted, other] = [await tokenOf(), await tokenOf('admin@example.com')];
    expect(await groupsOf(deleted, engineering, everybody)).toEqual([engineering, everybody]);
    directory.deleted.add(engineer);
    rig.clock.now += 11 * minute;
    expect(await groupsOf(deleted, engineering, everybody)).toEqual([]);
    expect(await groupsOf(other, security)).toEqual([security]);
    expect(logged('allowed_groups names')).toBe(0);
  });
});

describe('a list of the groups of a person', () => {
  let lists: Rig;
  beforeAll(async () => {
    lists = await rigWith(5_000, { PROVIDER_G_GOOGLE_GROUPS: 'list' });
  });
  afterAll(() => lists.close());
  beforeEach(() => use(lists));

  test('takes one call, and holds those groups that name them directly', async () => {
    const token = await tokenOf();
    expect(await groupsOf(token, security, 'Engineering@example.com', everybody)).toEqual([
      'Engineering@example.com',
    ]);
    expect(directory.requests).toMatchObject({ token: 1, hasMember: 0, member: 0, groups: 1 });
    rig.clock.now += 3 * minute;
    await groupsOf(token, partners);
    expect(directory.requests.groups).toBe(1);
  });

  test('is asked for anew within a minute of a change in a group', async () => {
    const token = await tokenOf();
    expect(await groupsOf(token, engineering, everybody)).toEqual([engineering]);
    directory.groups.set(engineering, new Set());
    directory.groups.get(everybody)?.add(engineer);
    rig.clock.now += minute;
    expect(await groupsOf(token, engineering, everybody)).toEqual([everybody]);
    expect(directory.requests).toMatchObject({ groups: 2, members: 2 });
  });

  test('is asked for in the background where none of its groups is needed', async () => {
    const { body } = await rig.introspect({
      token: await tokenOf(),
      groups: [engineering, security],
      groups_needed: '0',
    });
    expect(body).toMatchObject({ groups: [], unknown_groups: [engineering, security] });
    await until(() => directory.requests.groups === 1);
  });

  test('comes as a whole with the first group that is needed', async () => {
    const { body } = await rig.introspect({
      token: await tokenOf(),
      groups: [security, engineering],
      groups_needed: '1',
    });
    expect(body).toMatchObject({ groups: [engineering] });
    expect(body).not.toHaveProperty('unknown_groups');
  });

  test('may have several pages', async () => {
    const many = Array.from({ length: 450 }, (_, n) => `group-${n}@example.com`);
    for (const group of many) directory.groups.set(group, new Set([engineer]));
    const token = await tokenOf();
    expect(await groupsOf(token, 'group-0@example.com', 'group-449@example.com')).toHaveLength(2);
    expect(directory.requests.groups).toBe(3);
  });

  test('has an end, and the log says who has more', async () => {
    const page = {
      kind: 'admin#directory#groups',
      groups: [{ email: engineering }],
      nextPageToken: 'again',
    };
    directory.faults.groups = { answer: { status: 200, body: page } };
    expect(await groupsOf(await tokenOf(), engineering, security)).toEqual([engineering]);
    expect(directory.requests.groups).toBe(10);
    const line = rig.log.find((text) => text.includes('is in more groups than we read')) ?? '';
    expect(parseJsonObject(line)).toMatchObject({ level: 'error', user: engineer });
  });

  test('of somebody whom the directory does not have is empty', async () => {
    const token = await tokenOf();
    expect(await groupsOf(token, engineering)).toEqual([engineering]);
    directory.deleted.add(engineer);
    rig.clock.now += 6 * minute;
    expect(await groupsOf(token, engineering)).toEqual([]);
  });

  test('that we may not see leaves everybody where they were, and is an error in the log', async () => {
    const token = await tokenOf();
    await groupsOf(token, engineering);
    directory.faults.groups = { answer: forbidden('forbidden') };
    rig.clock.now += 6 * minute;
    expect(await groupsOf(token, engineering)).toEqual([engineering]);
    const line = rig.log.find((text) => text.includes('does not let us see the groups of people')) ?? '';
    expect(parseJsonObject(line)).toMatchObject({ level: 'error' });
    rig.clock.now += 4 * hour;
    expect(await groupsOf(token, engineering)).toEqual([]);
  });

  test('needs a scope of its own, and the log says which', async () => {
    const fresh = await rigWith(5_000, { PROVIDER_G_GOOGLE_GROUPS: 'list' });
    use(fresh);
    directory.delegated = new Set(['https://www.googleapis.com/auth/admin.directory.group.member.readonly']);
    expect(await groupsOf(await tokenOf(), engineering)).toBe('provider_unavailable');
    const line = rig.log.find((text) => text.includes('the directory cannot be reached')) ?? '';
    await fresh.close();
    expect(parseJsonObject(line)?.['detail']).toMatch(/auth\/admin\.directory\.group\.readonly: delegate it/);
  });

  test.each<[string, Fault]>([
    ['a wall', { answer: { status: 200, body: {} } }],
    ['half an answer', { answer: { status: 200, body: { kind: 'admin#directory#groups', groups: [{}] } } }],
    ['another kind of answer', { answer: { status: 200, body: { kind: 'admin#directory#members' } } }],
    ['too much', { answer: { status: 429, body: {}, headers: { 'Retry-After': '7' } } }],
    ['a hang-up', { hangUp: true }],
  ])('takes nobody out of a group over %s', async (_, fault) => {
    const token = await tokenOf();
    await groupsOf(token, engineering);
    directory.faults.groups = fault;
    rig.clock.now += 2 * hour;
    expect(await groupsOf(token, engineering)).toEqual([engineering]);
  });
});

describe('a change in a group that cannot be listed is seen', () => {
  beforeEach(() => {
    directory.faults.members = { answer: forbidden('forbidden') };
  });

  test('when the interval is over', async () => {
    const token = await tokenOf();
    expect(await groupsOf(token, engineering)).toEqual([engineering]);
    directory.groups.set(engineering, new Set());
    rig.clock.now += 7 * minute;
    expect(await groupsOf(token, engineering)).toEqual([engineering]);
    rig.clock.now += 3 * minute;
    expect(await groupsOf(token, engineering)).toEqual([]);
  });

  test('after half of it where it lets somebody in', async () => {
    const token = await tokenOf();
    expect(await groupsOf(token, security)).toEqual([]);
    directory.groups.set(security, new Set([engineer]));
    rig.clock.now += 5 * minute;
    expect(await groupsOf(token, security)).toEqual([security]);
  });

  test('near its end by the question after the next, and nobody waits for it', async () => {
    const token = await tokenOf();
    await groupsOf(token, engineering);
    directory.groups.set(engineering, new Set());
    rig.clock.now += 9.7 * minute;
    expect(await groupsOf(token, engineering)).toEqual([engineering]);
    await until(() => directory.requests.hasMember === 2);
    let said: unknown = [engineering];
    while (JSON.stringify(said) !== '[]') said = await groupsOf(token, engineering);
    expect(asked()).toBe(2);
  });
});

describe('a change in a group is seen within a minute', () => {
  test.each([engineering, everybody])(
    'by people who were taken out of it, or of one in it: %s',
    async (group) => {
      const token = await tokenOf();
      expect(await groupsOf(token, group)).toEqual([group]);
      directory.groups.set(engineering, new Set());
      rig.clock.now += minute;
      expect(await groupsOf(token, group)).toEqual([]);
      expect(directory.requests).toMatchObject({ hasMember: 2, members: 1 });
    },
  );

  test('by people who have come into it', async () => {
    const token = await tokenOf();
    expect(await groupsOf(token, security)).toEqual([]);
    directory.groups.set(security, new Set([engineer]));
    rig.clock.now += minute;
    expect(await groupsOf(token, security)).toEqual([security]);
  });

  test('and while there is none, it is listed twice a minute at most, and nobody is asked about for an hour', async () => {
    const token = await tokenOf();
    for (let seconds = 0; seconds < 3_600; seconds += 20) {
      expect(await groupsOf(token, engineering, security)).toEqual([engineering]);
      rig.clock.now += 20_000;
    }
    expect(directory.requests).toMatchObject({ hasMember: 2, member: 0 });
    expect(directory.requests.members).toBeLessThanOrEqual(2 * 120);
    for (let seconds = 0; seconds < 600; seconds += 20) {
      expect(await groupsOf(token, engineering, security)).toEqual([engineering]);
      rig.clock.now += 20_000;
    }
    await until(() => directory.requests.hasMember === 4);
  });

  test('counted from when it was listed, which the proxy learns', async () => {
    const token = await tokenOf();
    await groupsOf(token, engineering);
    rig.clock.now += minute;
    await groupsOf(token, engineering);
    rig.clock.now += 25_000;
    const { body } = await rig.introspect({ token, groups: engineering });
    expect(body).toMatchObject({ groups: [engineering], age: 25 });
  });

  test('and of a group that nobody waits for nothing is said that is older', async () => {
    const token = await tokenOf();
    const question = { token, groups: [engineering, everybody], groups_needed: '1' };
    await groupsOf(token, engineering, everybody);
    directory.groups.set(engineering, new Set());
    rig.clock.now += minute;
    const { body } = await rig.introspect(question);
    expect(body).toMatchObject({ groups: [], unknown_groups: [everybody] });
    await until(() => directory.requests.members === 2);
    let later = await rig.introspect(question);
    while (later.body['unknown_groups'] !== undefined) later = await rig.introspect(question);
    expect(later.body['groups']).toEqual([]);
  });

  test('in one of several pages', async () => {
    const crowd = Array.from({ length: 450 }, (_, n) => `person-${n}@example.com`);
    directory.groups.set(engineering, new Set([...crowd, engineer]));
    const token = await tokenOf();
    await groupsOf(token, engineering);
    rig.clock.now += minute;
    expect(await groupsOf(token, engineering)).toEqual([engineering]);
    expect(directory.requests).toMatchObject({ hasMember: 1, members: 3 });
    directory.groups.set(engineering, new Set(crowd));
    rig.clock.now += minute;
    expect(await groupsOf(token, engineering)).toEqual([]);
  });

  test('and a directory that is away just then takes nobody out', async () => {
    const token = await tokenOf();
    await groupsOf(token, engineering);
    directory.groups.set(engineering, new Set());
    directory.faults.hasMember = { hangUp: true };
    rig.clock.now += minute;
    expect(await groupsOf(token, engineering)).toEqual([engineering]);
    directory.faults = {};
    rig.clock.now += minute;
    expect(await answered(token, engineering)).toEqual([]);
  });
});

describe('a list of who is in a group', () => {
  test('that does not name a person whom Google says to be in it costs two more questions, and none a minute', async () => {
    directory.unlisted.add(engineer);
    const token = await tokenOf();
    for (let minutes = 0; minutes < 7; minutes++) {
      expect(await groupsOf(token, engineering)).toEqual([engineering]);
      rig.clock.now += minute;
    }
    expect(directory.requests.hasMember).toBe(3);
  });

  test('that names a person whom Google says not to be in it lets nobody in', async () => {
    const guest = await tokenOf('guest@elsewhere.test');
    for (let minutes = 0; minutes < 4; minutes++) {
      expect(await groupsOf(guest, everybody)).toEqual([]);
      rig.clock.now += minute;
    }
    expect(directory.requests.hasMember).toBe(3);
  });

  test.each<[string, string, () => void]>([
    [
      'is too long',
      'more than 2 000 people',
      () => {
        const crowd = Array.from({ length: 2_000 }, (_, n) => `person-${n}@example.com`);
        directory.groups.set(engineering, new Set([...crowd, engineer]));
      },
    ],
    [
      'we may not see',
      'Google does not let us list it',
      () => (directory.faults.members = { answer: forbidden('forbidden') }),
    ],
    [
      'names nobody, for all are in it',
      'everybody of the domain',
      () => directory.openToAll.add(engineering),
    ],
  ])(
    'that %s leaves everybody where they were, for the interval, and an operator reads why',
    async (_, why, spoil) => {
      const token = await tokenOf();
      spoil();
      for (let minutes = 0; minutes < 7; minutes++) {
        expect(await groupsOf(token, engineering)).toEqual([engineering]);
        rig.clock.now += minute;
      }
      expect(directory.requests.hasMember).toBe(1);
      expect(directory.requests.members).toBeLessThanOrEqual(10);
      expect(logged('a group cannot be listed')).toBe(1);
      const line = rig.log.find((text) => text.includes('a group cannot be listed')) ?? '';
      expect(parseJsonObject(line)).toMatchObject({
        level: 'warn',
        group: engineering,
        detail: expect.stringContaining(why),
      });
    },
  );

  test.each<[string, Fault]>([
    ['a wall', { answer: { status: 200, body: {} } }],
    ['another kind of answer', { answer: { status: 200, body: { kind: 'admin#directory#groups' } } }],
    ['half an answer', { answer: { status: 200, body: { kind: 'admin#directory#members', members: [17] } } }],
    ['no end', { answer: { status: 200, body: 'x'.repeat(600_000) } }],
    ['too much', { answer: { status: 429, body: {}, headers: { 'Retry-After': '7' } } }],
    ['a hang-up', { hangUp: true }],
  ])('takes nobody out of a group over %s, and is not asked for more and more', async (_, fault) => {
    const token = await tokenOf();
    directory.faults.members = fault;
    for (let minutes = 0; minutes < 7; minutes++) {
      expect(await groupsOf(token, engineering)).toEqual([engineering]);
      rig.clock.now += minute;
    }
    expect(directory.requests.members).toBeLessThanOrEqual(3);
  });

  test('that Google refuses for now keeps nobody from being asked about', async () => {
    const [one, other] = [await tokenOf(), await tokenOf('admin@example.com')];
    directory.faults.members = { answer: { status: 429, body: {}, headers: { 'Retry-After': '7' } } };
    while (directory.requests.members === 0) {
      expect(await groupsOf(one, engineering)).toEqual([engineering]);
      rig.clock.now += minute / 2;
    }
    rig.clock.now -= minute / 2;
    for (let times = 0; times < 5; times++) expect(await groupsOf(other, security)).toEqual([security]);
  });
});

describe('one group', () => {
  test('that does not exist has nobody in it, says so once, and disturbs no other', async () => {
    const token = await tokenOf();
    expect(await groupsOf(token, 'misspelt@example.com', engineering)).toEqual([engineering]);
    rig.clock.now += 6 * minute;
    expect(await groupsOf(token, 'misspelt@example.com', engineering)).toEqual([engineering]);
    expect(logged('a group that the directory does not have')).toBe(1);
    expect(logged('misspelt@example.com')).toBe(1);
  });

  test('that may not be seen has nobody in it, says so once and loudly, and disturbs no other', async () => {
    const token = await tokenOf();
    directory.groupFaults.set('foreign@elsewhere.test', { answer: forbidden('forbidden') });
    for (let times = 0; times < 5; times++) {
      expect(await groupsOf(token, 'foreign@elsewhere.test', engineering)).toEqual([engineering]);
      rig.clock.now += 6 * minute;
    }
    const line = rig.log.find((text) => text.includes('does not let us see')) ?? '';
    expect(parseJsonObject(line)).toMatchObject({ level: 'error', group: 'foreign@elsewhere.test' });
    expect(logged('does not let us see')).toBe(1);
    expect(logged('cannot be reached')).toBe(0);
  });

  test('that may not be seen any more keeps whom it had, but not for ever', async () => {
    const token = await tokenOf();
    await groupsOf(token, engineering);
    directory.groupFaults.set(engineering, { answer: forbidden('forbidden') });
    rig.clock.now += 11 * minute;
    expect(await groupsOf(token, engineering)).toEqual([engineering]);
    rig.clock.now += 3 * hour;
    expect(await groupsOf(token, engineering)).toEqual([]);
  });
});

const troubles: { trouble: string; fault: Fault }[] = [
  { trouble: 'hangs up', fault: { hangUp: true } },
  { trouble: 'is broken', fault: { answer: { status: 500, body: {} } } },
  { trouble: 'is overloaded', fault: { answer: { status: 503, body: {} } } },
  {
    trouble: 'is asked too much',
    fault: { answer: { status: 429, body: {}, headers: { 'Retry-After': '7' } } },
  },
  { trouble: 'has no quota left', fault: { answer: forbidden('quotaExceeded') } },
  { trouble: 'is switched off', fault: { answer: forbidden('accessNotConfigured') } },
  { trouble: 'does not know us', fault: { answer: { status: 401, body: {} } } },
  {
    trouble: 'sends us elsewhere',
    fault: { answer: { status: 302, body: '', headers: { Location: '/x' } } },
  },
  { trouble: 'is shut off by a wall', fault: { answer: { status: 403, body: '<html>blocked' } } },
  { trouble: 'talks rubbish', fault: { answer: { status: 200, body: '<html>' } } },
  { trouble: 'says a text for yes', fault: { answer: { status: 200, body: { isMember: 'true' } } } },
  { trouble: 'never ends', fault: { answer: { status: 200, body: 'x'.repeat(600_000) } } },
];

describe.each([
  ...troubles.map((one) => ({ ...one, isSlow: false })),
  { trouble: 'is slow', fault: { delayMs: 60_000 }, isSlow: true },
])('a directory that $trouble', ({ fault, isSlow }) => {
  beforeEach(() => use(isSlow ? impatient : usual));

  test('changes nothing about what it said before, for three hours', async () => {
    const token = await tokenOf();
    await answered(token, engineering, security);
    directory.faults = { hasMember: fault, members: fault };
    for (const later of [11 * minute, 2 * hour]) {
      rig.clock.now += later;
      expect(await groupsOf(token, engineering, security)).toEqual([engineering]);
    }
    expect(logged('the directory does not answer: its last answer stays in use')).toBe(2);
    rig.clock.now += hour;
    expect(await groupsOf(token, engineering, security)).toBe('provider_unavailable');

    directory.faults = {};
    expect(await answered(token, engineering, security)).toEqual([engineering]);
  });

  test('lets nobody in whom it has not spoken of, and is said to be away', async () => {
    const token = await tokenOf();
    directory.faults.hasMember = fault;
    const answer = await browser.fetch(`${ssoOrigin}/oauth2/introspect`, {
      form: { token, groups: engineering },
      headers: { accept: 'application/json', ...basic(client.id, client.secret) },
    });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '10']);
    expect(parseJsonObject(answer.body)).toMatchObject({ error: 'provider_unavailable' });
    // Who does not ask for groups goes on.
    expect((await rig.introspect({ token })).body['active']).toBe(true);
  });
});

describe('a directory that wants to be left alone', () => {
  test('is, for as long as it says', async () => {
    const token = await tokenOf();
    await groupsOf(token, engineering);
    rig.clock.now += 11 * minute;
    const fault = { answer: { status: 429, body: {}, headers: { 'Retry-After': '30' } } };
    directory.faults = { hasMember: fault, members: fault };
    await groupsOf(token, engineering);
    directory.faults = {};
    const before = asked();
    rig.clock.now += 29_000;
    expect(await groupsOf(token, engineering)).toEqual([engineering]);
    expect(asked()).toBe(before);
    rig.clock.now += 2_000;
    expect(await groupsOf(token, engineering)).toEqual([engineering]);
    expect(asked()).toBe(before + 1);
    expect(logged('the directory cannot be reached')).toBe(1);
  });
});

describe('the service account', () => {
  let fresh: Rig;
  beforeEach(async () => {
    fresh = await rigWith(5_000);
    use(fresh);
  });
  afterEach(() => fresh.close());

  test('asks with the least scope where it was delegated', async () => {
    directory.delegated = new Set(['https://www.googleapis.com/auth/admin.directory.group.member.readonly']);
    expect(await groupsOf(await tokenOf(), engineering, security, partners)).toEqual([engineering, partners]);
    expect(directory.requests.token).toBe(1);
  });

  test('asks with the scope of BuzzFeed SSO where only that was, and remembers which', async () => {
    const token = await tokenOf();
    expect(await groupsOf(token, engineering)).toEqual([engineering]);
    expect(directory.requests.token).toBe(2);
    rig.clock.now += 2 * hour;
    await groupsOf(token, engineering);
    expect(directory.requests.token).toBe(3);
  });

  test('that was delegated nothing says loudly what to delegate, and works when that is done', async () => {
    const token = await tokenOf();
    const { delegated } = directory;
    directory.delegated = new Set();
    expect(await groupsOf(token, engineering)).toBe('provider_unavailable');
    const line = rig.log.find((text) => text.includes('the directory cannot be reached')) ?? '';
    expect(parseJsonObject(line)).toMatchObject({
      level: 'error',
      idp: 'google',
      detail: expect.stringContaining('auth/admin.directory.group.member.readonly: delegate it'),
    });
    directory.delegated = delegated;
    rig.clock.now += 10_000;
    expect(await groupsOf(token, engineering)).toEqual([engineering]);
  });

  test('cannot act as somebody who is no administrator', async () => {
    directory.administrators.clear();
    expect(await groupsOf(await tokenOf(), engineering)).toBe('provider_unavailable');
    expect(logged('invalid_grant')).toBeGreaterThan(0);
  });

  test('gets another token when the one it has is taken back', async () => {
    const token = await tokenOf();
    await groupsOf(token, engineering);
    const before = directory.requests.token;
    directory.forgetTokens();
    expect(await groupsOf(token, security, everybody)).toEqual([everybody]);
    expect(directory.requests.token).toBe(before + 1);
  });

  test('gets no token from an endpoint that is broken', async () => {
    directory.faults.token = { answer: { status: 500, body: {} } };
    expect(await groupsOf(await tokenOf(), engineering)).toBe('provider_unavailable');
    expect(asked()).toBe(0);
  });

  test('leaves none of its secrets in the log', async () => {
    const token = await tokenOf();
    await groupsOf(token, engineering);
    directory.forgetTokens();
    directory.delegated.clear();
    rig.clock.now += 11 * minute;
    await groupsOf(token, engineering);
    const { private_key: pem } = parseJsonObject(directory.credentials) ?? {};
    const [, line = ''] = String(pem).split('\n');
    expect(line.length).toBeGreaterThan(60);
    const log = rig.log.join('');
    expect(log).toContain('the directory cannot be reached');
    for (const secret of [line, 'eyJ', 'Bearer', 'assertion']) expect(log).not.toContain(secret);
  });
});

function forbidden(reason: string) {
  const errors = [{ domain: 'global', reason, message: 'no' }];
  return { status: 403, body: { error: { code: 403, message: 'no', errors } } };
}
