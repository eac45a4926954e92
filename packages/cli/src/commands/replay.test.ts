import { describe, expect, test } from '@jest/globals';
import { latchkey } from '@latchkey/testing/latchkey';

function file(...options: string[]): string {
  return `- service: wiki\n  default: {from: wiki.example.com, to: wiki}\n  prod: {options: {${options.join(', ')}}}\n`;
}

const ann = { user: 'ann@example.com', kind: 'person', groups: ['eng', 'oncall'] };
let at = 0;

function line(fields: object, msg = 'request'): string {
  const time = '2026-11-01T08:00:00.000Z';
  const request = {
    id: `${at++}`,
    method: 'GET',
    status: 200,
    duration: 1,
    host: 'wiki.example.com',
    path: '/',
  };
  const all = msg === 'request' ? { ...request, ...fields } : fields;
  return `${JSON.stringify({ level: 'info', time, service: 'proxy', ...all, msg })}\n`;
}

const asAnn = { user: ann.user, reason: 'allowed_group' };
const knowsAnn = line(ann, 'principal');

type Found = {
  requests: number;
  compared: number;
  differences: object[];
  unknown: Record<string, number>;
};

async function replayed(log: string, options: string[], ...args: string[]): Promise<Found> {
  const files = { 'new.yml': file(...options), 'old.yml': file('allowed_groups: [eng, board]'), log };
  const asked = ['replay', 'new.yml', 'log', '--cluster', 'prod', '--format', 'json', ...args];
  const { stdout } = await latchkey(files, asked);
  return JSON.parse(stdout);
}

test('says who would have lost what, on how many of their days, by which rule', async () => {
  const days = [1, 2, 3].map((day) => `2026-11-0${day}T09:00:00.000Z`);
  const log = [knowsAnn, ...days.map((time) => line({ ...asAnn, time })), line({ reason: 'no_session' })];
  const files = { 'new.yml': file('allowed_groups: [sre]'), 'old.yml': file('allowed_groups: [eng, sre]') };
  const args = ['replay', 'new.yml', 'log', '--cluster', 'prod', '--before', 'old.yml'];

  expect(await latchkey({ ...files, log: log.join('') }, args)).toEqual({
    code: 1,
    stderr: '',
    stdout: `Compared 4 of 4 requests, of 3 days from 2026-11-01 to 2026-11-03.

ann@example.com
  would have lost    wiki  on 3 of 3 days (3 requests), by allowed_groups: sre; then: allowed_group

1 would have lost something, 0 would have gained something.
`,
  });
});

function anybody(kind: string): object[] {
  return [{ who: null, where: 'wiki', kind }];
}

describe('a request is decided about anew', () => {
  const none: object[] = [];
  const loses = [{ who: ann.user, where: 'wiki', kind: 'loses', requests: 1, days: 1, ofDays: 1 }];
  const gains = [{ who: ann.user, where: 'wiki', kind: 'gains', requests: 1, days: 1, ofDays: 1 }];

  test.each([
    ['let in by another group', asAnn, ['allowed_groups: [oncall]'], none],
    ['let in by their domain', asAnn, ['allowed_email_domains: [example.com]'], none],
    ['not let in any more', asAnn, ['allowed_email_domains: [example.org]'], loses],
    ['let in', { user: ann.user, reason: 'no_rule_matches' }, ['allowed_groups: [eng]'], gains],
    [
      'led to the sign-in',
      { reason: 'public_path', path: '/a' },
      ['allowed_groups: [eng]'],
      anybody('loses'),
    ],
    [
      'let in without a sign-in',
      { reason: 'no_session', path: '/a' },
      ["skip_auth_regex: ['^/a$']", 'allowed_groups: [eng]'],
      anybody('gains'),
    ],
    [
      'led to the sign-in, with a path that reads in two ways',
      { reason: 'no_session', path: '/%2e/a' },
      ["skip_auth_regex: ['.*']", 'allowed_groups: [eng]'],
      none,
    ],
    [
      'refused by a rule about the address, which each line says',
      { ...asAnn, client: '192.0.2.7' },
      ['allowed_groups: [eng]', `policy: [{name: office, deny_if: 'request.address != "10.0.0.1"'}]`],
      loses,
    ],
    [
      'without a route',
      { ...asAnn, host: 'gone.example.com' },
      ['allowed_groups: [eng]'],
      [{ kind: 'loses' }],
    ],
  ])('%s', async (_, fields, options, differences) => {
    const found = await replayed(knowsAnn + line(fields), options);

    expect(found.compared).toBe(1);
    expect(found.differences).toHaveLength(differences.length);
    expect(found.differences).toMatchObject(differences);
  });
});

describe('what the log does not say is counted and not guessed:', () => {
  test.each([
    ['a group that no route named', knowsAnn + line(asAnn), ['allowed_groups: [sre]'], 'groups'],
    ['the groups of somebody of whom nothing was said', line(asAnn), ['allowed_groups: [eng]'], 'principal'],
    [
      'groups that could not be looked up',
      line({ ...ann, groups: undefined }, 'principal') + line(asAnn),
      ['allowed_groups: [eng]'],
      'principal',
    ],
    [
      'a session that could not be checked',
      line({ reason: 'session_unverified' }),
      ['allowed_groups: [eng]'],
      'unverified',
    ],
    [
      'a rule about a header',
      knowsAnn + line(asAnn),
      ['allowed_groups: [eng]', `policy: [{name: robots, deny_if: 'request.headers["x-robot"] == "yes"'}]`],
      'policy',
    ],
    [
      'a rule about what a server in front says of a device',
      knowsAnn + line(asAnn),
      ['allowed_groups: [eng]', `policy: [{name: managed, deny_if: '!has(device.subject)'}]`],
      'policy',
    ],
    ['an address of ours', line({ path: '/oauth2/sign_in' }), ['allowed_groups: [eng]'], 'no_decision'],
    [
      'whether OPTIONS was a preflight',
      line({ reason: 'no_session', method: 'OPTIONS' }),
      ['allowed_groups: [eng]', 'skip_auth_preflight: true'],
      'preflight',
    ],
  ])('%s', async (_, log, options, why) => {
    expect(await replayed(log, options)).toMatchObject({
      compared: 0,
      differences: [],
      unknown: { [why]: 1 },
    });
  });

  test('with the file that was in force, a group that it names is one that people are known not to be in', async () => {
    const log = knowsAnn + line(asAnn);

    expect(await replayed(log, ['allowed_groups: [board]'], '--before', 'old.yml')).toMatchObject({
      compared: 1,
      differences: [{ kind: 'loses' }],
    });
  });
});

test('a program with a token is decided about by what the token lets it do', async () => {
  const bot = { user: 'deploy', client_id: 'deploy', scope: 'read' };
  const log = line({ user: 'deploy', kind: 'machine', groups: [], client_id: 'deploy' }, 'principal');
  const options = ['bearer: true', 'allowed_scopes: [write]'];

  expect(await replayed(log + line({ ...bot, reason: 'allowed_client' }), options)).toMatchObject({
    differences: [{ who: 'deploy', kind: 'loses', rule: 'allowed_scopes: write' }],
  });
});

test('lines of others, and what a collector puts in front, are passed over', async () => {
  const log = [
    knowsAnn,
    'Server listening\n',
    '{"msg":"request","broken\n',
    line({ ...asAnn, service: 'auth' }),
    `2026-11-01T08:00:00 proxy/7 ${line(asAnn)}`,
  ];

  expect(await replayed(log.join(''), ['allowed_groups: [eng]'])).toMatchObject({ requests: 1, compared: 1 });
});

test.each([
  ['no log', ['replay', 'new.yml', '--cluster', 'prod'], 2, 'LOG is missing'],
  [
    'a log that is not there',
    ['replay', 'new.yml', 'none', '--cluster', 'prod'],
    2,
    'none: name readable files',
  ],
  ['a log without requests', ['replay', 'new.yml', 'log', '--cluster', 'prod'], 1, 'LOGGING_ENABLE=false'],
  ['a file with a mistake', ['replay', 'bad.yml', 'log', '--cluster', 'prod'], 1, ''],
])('%s ends with a sentence', async (_, args, code, says) => {
  const files = { 'new.yml': file('allowed_groups: [eng]'), 'bad.yml': 'nonsense', log: 'nothing\n' };
  const outcome = await latchkey(files, args);

  expect(outcome.code).toBe(code);
  expect(outcome.stderr).toContain(says);
});

test('on a terminal it says how far it is, and nothing of that is left', async () => {
  const one = line(asAnn);
  const log = new Uint8Array(Buffer.from(knowsAnn + one.repeat(100)));
  const progress: string[] = [];
  const files = { 'new.yml': file('allowed_groups: [eng]'), log };
  const asked = ['replay', 'new.yml', ...Array.from({ length: 100 }, () => 'log'), '--cluster', 'prod'];
  const { stdout, code } = await latchkey(files, asked, { progress: (text) => void progress.push(text) });

  expect({ code, stdout }).toMatchObject({ code: 0 });
  expect(stdout).toContain('Compared 10,000 of 10,000 requests');
  expect(progress.at(-1)).toBe('');
  expect(progress.join('\n')).toMatch(/^log {2}\[#+ *\] \d+ %$/m);
});
