import { describe, expect, test } from '@jest/globals';
import type { AdminSession } from '@latchkey/contract';
import { CallError } from '@latchkey/http';
import type { Answer, Call } from '@latchkey/http';
import { latchkey } from '@latchkey/testing/latchkey';

const auth = ['--auth', 'http://auth.internal:4181'];
const env = { ADMIN_SECRET: 'a-secret-of-operators' };

const session: AdminSession = {
  sid: 'sid-of-ann',
  email: 'ann@example.com',
  provider: 'google',
  signed_in_at: '2026-11-26T09:30:00.000Z',
  last_seen_at: '2026-11-26T17:01:38.000Z',
  expires_at: '2026-12-26T09:30:00.000Z',
  browser: 'Firefox on Windows',
  address: '192.0.2.1',
};
const found = { sessions: [session], shared: true };
const done = { known: 2, shared: true, published: true };

type Replies = (call: Call) => { status?: number; body: unknown };

/** Runs the command, and tells what it has sent. */
async function sessions(args: readonly string[], replies: Replies, more: object = {}) {
  const calls: Call[] = [];
  async function call(made: Call): Promise<Answer> {
    calls.push(made);
    const { status = 200, body } = replies(made);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return { status, contentType: 'application/json', body: text };
  }
  return { ...(await latchkey({}, ['sessions', ...args], { env, call, ...more })), calls };
}

const unreachable = () => Promise.reject(new CallError('unreachable'));
const bodyOf = ({ body = '' }: Call): unknown => JSON.parse(String(body));

describe('sessions list', () => {
  test('asks for an e-mail address as it is, and shows a line for each session', async () => {
    const args = ['list', ...auth, '--email', 'Ann+x@Example.com', '--operator', 'bob'];
    const { code, stdout, calls } = await sessions(args, () => ({ body: found }));
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'E-MAIL           PROVIDER  SIGNED IN         LAST SEEN         BROWSER             ADDRESS    SID',
        'ann@example.com  google    2026-11-26 09:30  2026-11-26 17:01  Firefox on Windows  192.0.2.1  sid-of-ann',
        '',
        '1 session. Times are UTC.',
        '',
      ].join('\n'),
    );
    expect(calls).toHaveLength(1);
    expect(calls[0]?.url.href).toBe('http://auth.internal:4181/admin/sessions?email=Ann%2Bx%40Example.com');
    expect(calls[0]?.headers).toMatchObject({
      authorization: 'Bearer a-secret-of-operators',
      'latchkey-operator-claim': 'bob',
    });
  });

  test('says where one task alone was asked, and that there are none', async () => {
    const { code, stdout } = await sessions(['list', ...auth], () => ({
      body: { sessions: [], shared: false },
    }));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^0 sessions\. .*\nOnly the asked task of auth was meant/);
  });

  test('goes through a long list to its end, and counts nobody twice', async () => {
    const pages = [
      { ...found, next: 'a' },
      { ...found, sessions: [session, { ...session, sid: 'second' }], next: 'b' },
      { ...found, sessions: [] },
    ];
    const { stdout, calls } = await sessions(['list', ...auth, '--json'], () => ({ body: pages.shift() }));
    expect(calls.map(({ url }) => url.search)).toEqual(['', '?after=a', '?after=b']);
    expect(JSON.parse(stdout)).toMatchObject({ sessions: [session, { sid: 'second' }], shared: true });
  });

  test('comes to an end where the list does not', async () => {
    const { code, calls } = await sessions(['list', ...auth], () => ({ body: { ...found, next: 'a' } }));
    expect([code, calls.length]).toEqual([0, 100]);
  });

  test('shows nothing that a terminal would obey', async () => {
    const hostile = { ...session, browser: '\u001B[2J\nann@example.com', address: '\u202E' };
    const { stdout } = await sessions(['list', ...auth], () => ({ body: { ...found, sessions: [hostile] } }));
    expect(stdout).toContain('\\u{1B}[2J\\u{A}ann@example.com  \\u{202E}');
  });
});

describe('sessions revoke', () => {
  test.each([
    [
      ['--email', 'Ann@example.com'],
      { email: 'Ann@example.com' },
      'All sessions of ann@example.com have ended: 2',
    ],
    [['--sid=-abc'], { sid: '-abc' }, 'The session -abc has ended.'],
    [['--sid', '-abc'], { sid: '-abc' }, 'The session -abc has ended.'],
    [['--sid=--a.'], { sid: '--a.' }, 'The session --a. has ended.'],
    [['--all', '--yes'], { all: true }, 'All sessions of everybody have ended.'],
  ])('%j is sent, and what came of it is said', async (args, wish, sentence) => {
    const { code, stdout, calls } = await sessions(['revoke', ...auth, ...args], () => ({ body: done }));
    expect([code, calls.map(bodyOf)]).toEqual([0, [wish]]);
    expect(stdout).toContain(sentence);
    expect(stdout).toContain('SESSION_TTL_VALID');
  });

  test('ends with 1 where other tasks do not know yet, and says so', async () => {
    const args = ['revoke', ...auth, '--email', 'ann@example.com'];
    const { code, stdout } = await sessions(args, () => ({ body: { ...done, published: false } }));
    expect(code).toBe(1);
    expect(stdout).toContain('hear of it when it is back');
  });

  test.each([
    ['yes', 0, 1],
    ['no', 1, 0],
    ['', 1, 0],
  ])('of all asks first: %j', async (answer, code, calls) => {
    const questions: string[] = [];
    const ask = async (question: string) => (questions.push(question), answer);
    const ran = await sessions(['revoke', ...auth, '--all'], () => ({ body: done }), { ask });
    expect([ran.code, ran.calls.length]).toEqual([code, calls]);
    expect(questions).toEqual([expect.stringContaining('signs everybody out')]);
  });
});

describe('where auth does not do it, the command ends with 1 and says what to look at', () => {
  test.each([
    [401, { error: 'operator_refused' }, 'give the ADMIN_SECRET of auth'],
    [404, { error: 'session_unknown' }, 'it may have ended'],
    [404, { error: 'not_found' }, 'only with ADMIN_SECRET'],
    [404, '<html>nginx</html>', 'unexpected answer with status 404'],
    [429, { error: 'too_many_requests' }, 'wait a minute'],
    [503, { error: 'store_unavailable' }, 'REDIS_URL'],
    [200, '<html>', 'cannot be read'],
    [200, { sessions: 'all' }, 'cannot be read'],
  ])('%d %j', async (status, body, sentence) => {
    const { code, stdout, stderr } = await sessions(['revoke', ...auth, '--sid', 'a'], () => ({
      status,
      body,
    }));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(sentence);
  });

  test('nobody there', async () => {
    const { code, stderr } = await latchkey({}, ['sessions', 'list', ...auth], {
      env,
      call: unreachable,
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining('http://auth.internal:4181 does not answer')]);
  });
});

describe('a call that is not understood ends with 2, and sends nothing', () => {
  test.each<[string, string[], Record<string, string>, string]>([
    ['no action', auth, env, 'list or revoke is missing'],
    ['another action', ['end', ...auth], env, 'write list, revoke'],
    ['nobody to end', ['revoke', ...auth], env, 'write --email, --sid or --all'],
    ['an option without its value', ['revoke', ...auth, '--sid', '--yes'], env, "use '--sid=-XYZ'"],
    ['two at once', ['revoke', ...auth, '--sid', 'a', '--all'], env, 'write one of'],
    ['an address that is none', ['list', ...auth, '--email', 'ann'], env, 'one @'],
    ['all without a yes, where nobody is there to ask', ['revoke', ...auth, '--all'], env, '--yes'],
    ['no address of auth', ['list'], env, '--auth is missing'],
    [
      'an address that is none of auth',
      ['list', '--auth', 'auth.internal:4181'],
      env,
      'not the address of auth',
    ],
    ['a secret in the address', ['list', '--auth', 'http://a:b@auth'], env, 'not the address of auth'],
    ['no secret', ['list', ...auth], {}, 'set ADMIN_SECRET'],
    ['a secret that no header holds', ['list', ...auth], { ADMIN_SECRET: 'a b' }, 'blanks'],
    ['a secret as an argument', ['list', ...auth, '--secret', 'x'], env, 'no option --secret'],
  ])('%s', async (_, args, given, sentence) => {
    const { code, stderr, calls } = await sessions(args, () => ({ body: found }), { env: given });
    expect([code, calls]).toEqual([2, []]);
    expect(stderr).toContain(sentence);
  });
});

test('the secret may be in a file, and the address in the environment', async () => {
  const seen: Call[] = [];
  const call = async (made: Call) => {
    seen.push(made);
    return { status: 200, contentType: '', body: JSON.stringify(found) };
  };
  const files = { 'admin.secret': 'new-secret,old-secret\n' };
  const from = {
    ADMIN_SECRET_FILE: 'admin.secret',
    PROVIDER_URL_INTERNAL: 'http://auth.internal:4181',
    USER: 'ann',
  };
  expect((await latchkey(files, ['sessions', 'list'], { env: from, call })).code).toBe(0);
  expect(seen[0]?.headers).toMatchObject({
    authorization: 'Bearer new-secret',
    'latchkey-operator-claim': 'ann',
  });
});
