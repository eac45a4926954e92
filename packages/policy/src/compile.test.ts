import { noDeviceTrust } from '@latchkey/access';
import { describe, expect, test } from '@jest/globals';
import type { AskedRequest, Machine, Person, Principal, RuleInput } from '@latchkey/access';
import { compileExpression } from './compile.ts';
import type { Expression } from './compile.ts';

const surroundings = {
  deviceHeaders: new Map([['managed', 'x-device-managed']]),
  networks: new Map([['office', (address: string) => address.startsWith('198.51.100.')]]),
  compilePattern: (source: string) =>
    source === '('
      ? { ok: false as const, reason: 'missing closing )' }
      : { ok: true as const, pattern: new RegExp(source, 'v') },
};

const ada: Person = {
  kind: 'person',
  email: 'ada@example.com',
  groups: ['staff'],
  askedGroups: ['staff', 'admins'],
  subject: '1',
  idp: 'google',
  authTime: Date.parse('2026-03-02T09:00:00Z') / 1000,
};
const robot: Machine = {
  kind: 'machine',
  name: 'deploy',
  groups: [],
  scopes: ['read', 'deploy:wiki'],
  client: 'ci',
  claims: { repository: 'org/wiki', ref: { protected: true }, teams: ['core'], attempt: 3 },
};
const visitor: Principal = { kind: 'visitor', why: 'no_session' };

const asked: AskedRequest = {
  method: 'GET',
  host: 'wiki.example.com',
  address: '198.51.100.7',
  rawHeaders: Object.entries({
    'x-client': 'app/2',
    'x-amzn-mtls-clientcert-serial-number': '0A',
    'x-device-managed': 'true',
  }).flat(),
  forwardAuth: false,
  deviceTrust: noDeviceTrust,
  // A Monday, 11:30 in Berlin.
  now: () => Date.parse('2026-03-02T10:30:00Z'),
};

function inputOf(
  principal: Principal,
  changed: Partial<AskedRequest> = {},
  path: string | undefined = '/page',
): RuleInput {
  return {
    principal,
    path,
    asked: { ...asked, ...changed },
    route: { service: 'wiki', tags: ['internal'] },
  };
}

function compiled(source: string): Expression {
  const result = compileExpression(source, surroundings);
  if (!result.ok) throw new Error(`${source}: ${result.mistake.message}`);
  return result.expression;
}

describe('an expression about a person', () => {
  test.each([
    ['user.email == "ada@example.com"', true],
    ['user.domain != "example.com"', false],
    ['user.domain in ["example.com", "partner.example"]', true],
    ['"staff" in user.groups', true],
    ['"admins" in user.groups', false],
    ['"others" in user.groups', undefined],
    ['user.idp == "google" && user.sub == "1"', true],
    ['request.time - user.auth_time < duration("2h")', true],
    ['request.time - user.auth_time < duration("1h30m")', false],
    ['user.auth_time + duration("90m") <= request.time', true],
    ['request.time < timestamp("2026-03-02T11:30:00+01:00")', false],
    ['has(user.email) ? user.email.endsWith("@example.com") : false', true],
    ['has(machine.client)', false],
    ['machine.client == "ci"', undefined],
    ['machine.client == "ci" || user.idp == "google"', true],
    ['machine.client == "ci" && user.idp == "okta"', false],
    ['!(machine.client == "ci")', undefined],
  ])('%s: %p', (source, outcome) => {
    expect(compiled(source).decide(inputOf(ada))).toBe(outcome);
  });
});

describe('an expression about a request', () => {
  test.each([
    ['request.method in ["GET", "HEAD"]', true],
    ['request.host == "wiki.example.com"', true],
    ['request.path.startsWith("/pa")', true],
    ['request.path.matches("^/p[a-z]+$")', true],
    ['request.path.size() == 5', true],
    ['request.address in networks.office', true],
    ['!(request.address in networks.office)', false],
    ['request.headers["x-client"].startsWith("app/")', true],
    ['"x-client" in request.headers', true],
    ['"x-other" in request.headers', false],
    ['request.headers["x-other"] == "1"', undefined],
    ['has(device.serial_number)', false],
    ['has(request.path)', true],
    ['has(request.headers.other)', false],
    ['request.forward_auth', false],
    ['request.time.getHours() == 10', true],
    ['request.time.getHours("Europe/Berlin") == 11', true],
    ['request.time.getDayOfWeek("Europe/Berlin") == 1', true],
    ['request.time.getMinutes("+05:45") == 15', true],
    ['"internal" in route.tags && route.service == "wiki"', true],
    ['route.tags.exists(t, t.startsWith("int"))', true],
    ['route.tags.all(t, t == "x")', false],
    ['true', true],
  ])('%s: %p', (source, outcome) => {
    expect(compiled(source).decide(inputOf(visitor))).toBe(outcome);
  });

  test('knows no path where there are two, and no method at an address of our own', () => {
    const input = { ...inputOf(ada, { method: undefined }), path: undefined };

    expect(compiled('request.path.startsWith("/admin")').decide(input)).toBeUndefined();
    expect(compiled('request.method == "GET"').decide(input)).toBeUndefined();
    expect(compiled('request.path == "/" && "admins" in user.groups').decide(input)).toBe(false);
  });

  test.each([
    ['has(request.path)', undefined],
    ['!has(request.path)', undefined],
    ['has(request.method)', undefined],
    ['has(request.path) && request.path.startsWith("/admin")', undefined],
    ['has(request.path) ? request.path == "/" : true', undefined],
    ['"admins" in user.groups && has(request.path)', false],
  ])('does not take what its sender did away with for something that is not there: %s', (source, outcome) => {
    const { decide, warnings } = compiled(source);

    expect(decide({ ...inputOf(ada, { method: undefined }), path: undefined })).toBe(outcome);
    expect(warnings.map(({ kind }) => kind)).toEqual(['neverFalse']);
  });

  test('cannot tell whether there is a header that comes twice', () => {
    const rawHeaders = ['client', 'a', 'client', 'b'];

    expect(compiled('has(request.headers.client)').decide(inputOf(ada, { rawHeaders }))).toBeUndefined();
  });

  test('knows a device where who sent it vouches for that', () => {
    const known = compiled('device.serial_number == "0A"');

    expect(known.decide(inputOf(ada))).toBeUndefined();
    expect(
      known.decide(inputOf(ada, { deviceTrust: { headers: true, certificate: false } })),
    ).toBeUndefined();
    expect(known.decide(inputOf(ada, { deviceTrust: { headers: true, certificate: true } }))).toBe(true);
  });
});

describe('a header that is a fact about a device', () => {
  const trusted = { headers: true, certificate: false };

  test.each<[string, readonly string[], boolean | undefined]>([
    ['as it is said', ['X-Device-Managed', 'true'], true],
    ['said otherwise', ['x-device-managed', 'false'], false],
    ['not said', [], undefined],
    ['empty', ['x-device-managed', ''], undefined],
    ['said twice', ['x-device-managed', 'true', 'X-Device-Managed', 'true'], undefined],
    ['in another spelling beside it', ['x_device_managed', 'true', 'x-device-managed', 'true'], undefined],
    ['in another spelling alone', ['X_Device_Managed', 'true'], undefined],
    ['ending at the connection', ['connection', 'X-Device-Managed', 'x-device-managed', 'true'], undefined],
  ])('%s', (_, rawHeaders, outcome) => {
    const known = compiled('device.managed == "true"');

    expect(known.decide(inputOf(ada, { rawHeaders, deviceTrust: trusted }))).toBe(outcome);
    expect(known.decide(inputOf(ada, { rawHeaders }))).toBeUndefined();
  });

  test.each<[string, readonly string[], boolean | undefined]>([
    ['is there where it is said once', ['X-Device-Managed', 'lost'], true],
    ['is not there where it is not said', [], false],
    ['is not there where it is empty', ['x-device-managed', ''], false],
    ['may be there where it is said twice', ['x-device-managed', 'lost', 'x-device-managed', 'x'], undefined],
    [
      'may be there beside another spelling',
      ['x-device-managed', 'lost', 'X_Device_Managed', 'x'],
      undefined,
    ],
    ['may be there after an empty one', ['x-device-managed', '', 'x-device-managed', 'lost'], undefined],
    ['may be there in another spelling', ['X.Device.Managed', 'lost'], undefined],
    [
      'may be there where the connection ends it',
      ['connection', 'x-device-managed', 'x-device-managed', 'lost'],
      undefined,
    ],
  ])('%s', (_, rawHeaders, outcome) => {
    const input = inputOf(ada, { rawHeaders, deviceTrust: trusted });

    expect(compiled('has(device.managed)').decide(input)).toBe(outcome);
    expect(compiled('has(device.managed) && device.managed == "lost"').decide(input)).toBe(outcome);
    expect(compiled('!has(device.managed)').decide(input)).toBe(outcome === undefined ? undefined : !outcome);
    expect(compiled('has(device.managed)').decide(inputOf(ada, { rawHeaders }))).toBe(false);
  });

  test('is reported by its name', () => {
    const { facts, reads } = compiled('has(device.managed)');

    expect([...reads]).toEqual(['request']);
    expect(facts.map(({ name, shown }) => [name, shown(inputOf(ada, { deviceTrust: trusted }))])).toEqual([
      ['device.managed', '"true"'],
    ]);
  });
});

describe('an expression about a machine', () => {
  test.each([
    ['machine.client == "ci" && "read" in machine.scopes', true],
    ['machine.scopes.exists(s, s.startsWith("deploy:"))', true],
    ['machine.claims.repository == "org/wiki"', true],
    ['machine.claims["repository"].startsWith("org/")', true],
    ['machine.claims.ref.protected == true', true],
    ['"core" in machine.claims.teams', true],
    ['machine.claims.attempt == 3', true],
    ['machine.claims.attempt.startsWith("3")', undefined],
    ['machine.claims.nothing.at_all == "x"', undefined],
    ['machine.claims.toString == "x"', undefined],
    ['has(machine.claims.repository)', true],
    ['machine.claims.repository in ["org/wiki"]', true],
    ['has(user.email)', false],
    ['user.domain == "example.com"', undefined],
  ])('%s: %p', (source, outcome) => {
    expect(compiled(source).decide(inputOf(robot))).toBe(outcome);
  });
});

test('what an expression reads decides for how long a decision holds', () => {
  expect([...compiled('user.domain == "a.example" && "x" in route.tags').reads].toSorted()).toEqual([
    'principal',
    'route',
  ]);
  expect([...compiled('request.time < timestamp("2026-01-01T00:00:00Z")').reads]).toEqual(['request']);
  expect(compiled('"a" in user.groups || "b" in user.groups').groups).toEqual(['a', 'b']);
});

describe('a mistake says where it is and what to write', () => {
  test.each([
    ['', 0, /too early/],
    ['user.email = "x"', 11, /`==` to compare/],
    ['user.email == "x" & true', 18, /`&&`/],
    ['user.email == "x" and true', 18, /`&&`/],
    ['user.email == "x" or true', 18, /`\|\|`/],
    ['user.email ==', 11, /too early/],
    ['"eng" in user.groups\n&& request.method = "GET"', 39, /`==`/],
    ['user.emial == "x"', 5, /`user\.email`/],
    ['usr.email == "x"', 0, /`user`/],
    ['user == "x"', 0, /`user\.email`/],
    ['user.email', 5, /The expression is a text/],
    ['user.email && true', 5, /not a condition/],
    ['user.email == 3', 11, /never the same/],
    ['user.groups == "x"', 12, /"name" in user\.groups/],
    ['user.groups.exists(g, g == "x")', 5, /groups/],
    ['user.domain in user.groups', 5, /by name/],
    ['request.address in networks.ofice', 28, /`office`/],
    ['request.address == networks.office', 16, /request\.address in/],
    ['request.time > "2026-01-01"', 13, /two of a kind/],
    ['request.time > timestamp("yesterday")', 25, /2026-12-24/],
    ['request.time.getHours("Berlin") == 1', 22, /time zone/],
    ['request.time - user.auth_time < duration("1 day")', 41, /1h30m/],
    ['request.path.matches(user.email)', 26, /in quotes/],
    ['request.path.matches("(")', 21, /missing closing/],
    ['request.path.beginsWith("/a")', 13, /startsWith/],
    ['request.headers["X-Client"] == "a"', 15, /lower case/],
    ['request.headers["cookie"] == "a"', 15, /credentials/],
    ['request.headers["x-device-managed"] == "a"', 15, /write `device\.managed`/],
    ['device.manged == "true"', 7, /write `device\.managed`/],
    ['device.managed == 1', 15, /text/],
    ['request.headers["x-forwarded-for"] == "a"', 15, /request\.address/],
    ['request.headers[user.email] == "a"', 21, /in quotes/],
    ['foo(user.email)', 0, /function/],
    ['1 + 2 == 3', 2, /two of a kind/],
    ['user.email in {"a": 1}', 14, /Mappings/],
    ['route.tags.map(t, t) == route.tags', 11, /exists/],
    ['route.tags.exists(t, route.tags.exists(u, u == t))', 32, /two rules/],
    ['user.email == b"x"', 14, /text in quotes/],
    ['user.email == 1.5', 14, /whole number/],
    ['[user.email] == ["x"]', 6, /each in quotes/],
  ])('%j', (source, offset, message) => {
    expect(compileExpression(source, surroundings)).toMatchObject({
      ok: false,
      mistake: { offset, message: expect.stringMatching(message) },
    });
  });
});

describe('what can never be equal is noticed', () => {
  test.each([
    ['user.email == "Ada@example.com"', 14, /"ada@example\.com"/],
    ['user.domain == "@example.com"', 15, /"example\.com"/],
    ['request.method == "get"', 18, /"GET"/],
    ['request.method in ["GET", "post"]', 18, /"POST"/],
    ['request.path == "admin"', 16, /"\/admin"/],
    ['request.path.startsWith("admin")', 24, /"\/admin"/],
  ])('%s', (source, offset, message) => {
    expect(compiled(source).warnings).toMatchObject([{ offset, message: expect.stringMatching(message) }]);
  });

  test.each([
    'user.email.endsWith("@example.com")',
    'request.path.endsWith(".css")',
    'request.path.startsWith("/a")',
  ])('and %s is fine', (source) => {
    expect(compiled(source).warnings).toEqual([]);
  });
});

describe('what is certain is known', () => {
  test.each([
    ['true', true],
    ['!true', false],
    ['user.domain == "a.example" || true', true],
    ['false && user.domain == "a.example"', false],
    ['user.domain == "a.example"', undefined],
  ])('%s: %p', (source, constant) => {
    expect(compiled(source).constant).toBe(constant);
  });
});

describe('a bomb', () => {
  test.each([
    ['deep brackets', `${'('.repeat(500)}true${')'.repeat(490)}`],
    ['a long expression', `true${' || true'.repeat(500)}`],
    ['a long list', `user.email in [${'"a",'.repeat(400)}"a"]`],
  ])('of %s is refused', (_, source) => {
    expect(compileExpression(source, surroundings)).toMatchObject({ ok: false, mistake: { kind: 'size' } });
  });

  test.each([
    ['not', `${'!'.repeat(994)}true`],
    ['or', `true${'||true'.repeat(160)}`],
    ['a choice', `${'true?true:'.repeat(99)}true`],
    ['fields', `machine.claims${'.a'.repeat(480)} == "x"`],
  ])('of as much %s as fits goes nowhere', (_, source) => {
    expect(() => compiled(source).decide(inputOf(robot))).not.toThrow();
  });
});

describe('a header about which readers may not agree', () => {
  const [value, there] = ['request.headers["x-bot"] == "1"', '"x-bot" in request.headers'].map(compiled);
  test.each([
    ['once', ['X-Bot', '1'], true, true],
    ['not at all', ['X-Other', '1'], undefined, false],
    ['twice', ['X-Bot', '1', 'x-bot', '2'], undefined, undefined],
    ['with an underscore', ['X_Bot', '1'], undefined, undefined],
    ['listed in Connection', ['X-Bot', '1', 'Connection', 'close, X-BOT'], undefined, undefined],
    ['before that', ['Connection', 'x-bot', 'X-Bot', '1'], undefined, undefined],
    ['beside another that is', ['Connection', 'x-bots', 'X-Bot', '1'], true, true],
  ])('%s', (_, rawHeaders, said, isThere) => {
    expect(value?.decide(inputOf(visitor, { rawHeaders }))).toBe(said);
    expect(there?.decide(inputOf(visitor, { rawHeaders }))).toBe(isThere);
  });
});

test.each([
  ['"blocked" in machine.claims.repository', undefined],
  ['"protected" in machine.claims.ref', undefined],
  ['"core" in machine.claims.teams', true],
  ['"blocked" in machine.claims.teams', false],
])('a claim that is no list cannot be said to lack something: %s', (source, decided) => {
  expect(compiled(source).decide(inputOf(robot))).toBe(decided);
});

test('nobody can tell the groups of a person whose token says nothing of them', () => {
  const withoutGroups: Person = { ...ada, groups: [], groupsUnknown: true };
  expect(compiled('"contractors@example.com" in user.groups').decide(inputOf(withoutGroups))).toBeUndefined();
});
