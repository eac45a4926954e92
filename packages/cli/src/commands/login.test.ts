import { afterAll, describe, expect, test } from '@jest/globals';
import { latchkey } from '@latchkey/testing/latchkey';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { useSmallAuth } from '../../test-support/small-auth.ts';
import type { Quirks, SmallAuth } from '../../test-support/small-auth.ts';

const start = useSmallAuth();
const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-test-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Somebody with tokens of their own. */
async function aPerson(quirks: Quirks = {}) {
  const auth = await start(quirks);
  const home = mkdtempSync(path.join(folder, 'home-'));
  const env = { HOME: home };
  const run = (...args: string[]) => latchkey({}, args, { env });
  const tokensFolder = path.join(home, '.local/state/latchkey/tokens');
  const file = path.join(tokensFolder, `${encodeURIComponent(auth.resource)}.json`);
  const kept = (): { accessToken: string; refreshToken: string } => JSON.parse(readFileSync(file, 'utf8'));
  return {
    ...auth,
    env,
    run,
    tokensFolder,
    file,
    kept,
    logIn: () => run('login', auth.resource, '--device'),
    outdate: () => {
      writeFileSync(file, JSON.stringify({ ...kept(), expiresAt: Date.now() }));
    },
  };
}

describe('login', () => {
  test('shows an address and a code, waits for the approval, and keeps what it gets for its owner alone', async () => {
    let polls = 0;
    const ann = await aPerson({
      '/token': () => ((polls += 1) < 3 ? [400, { error: 'authorization_pending' }] : undefined),
    });
    const { code, stdout, stderr } = await ann.logIn();
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toBe(`Open this address in a browser, on any machine:

    ${ann.issuer}/device?user_code=WDJB-MJHT

It has to show the code WDJB-MJHT. Waiting up to 10 minutes …
Signed in to ${ann.resource}. Try: latchkey curl ${ann.resource}/
`);
    expect(ann.kept()).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' });
    expect(statSync(ann.file).mode & 0o777).toBe(0o600);
    expect(statSync(ann.tokensFolder).mode & 0o777).toBe(0o700);
    expect(readdirSync(ann.tokensFolder)).toEqual([path.basename(ann.file)]);
  });

  test('takes rights away that others have on the folder', async () => {
    const ann = await aPerson();
    await ann.logIn();
    chmodSync(ann.tokensFolder, 0o777);
    await ann.logIn();
    expect(statSync(ann.tokensFolder).mode & 0o777).toBe(0o700);
  });

  test('a second time gives the first tokens back', async () => {
    const ann = await aPerson();
    await ann.logIn();
    const { code } = await ann.logIn();
    expect([code, ann.revoked, ann.kept().refreshToken]).toEqual([0, ['refresh-1'], 'refresh-2']);
  });

  test('a second time is a sign-in, also where the first tokens cannot be given back', async () => {
    const ann = await aPerson({ '/revoke': () => [503, {}] });
    await ann.logIn();
    const { code, stderr } = await ann.logIn();
    expect([code, stderr]).toEqual([0, expect.stringContaining(`end them at ${ann.issuer}/account`)]);
    expect(ann.kept().refreshToken).toBe('refresh-2');
  });

  test('opens a browser, and takes what it brings back to a port of this machine', async () => {
    const ann = await aPerson();
    const { code, stderr } = await latchkey({}, ['login', ann.resource], {
      env: ann.env,
      openBrowser: (address) => void ann.approve(address),
    });
    expect([code, stderr]).toEqual([0, expect.stringContaining('Signed in to')]);
    expect(ann.kept().accessToken).toBe('access-1');
  });

  test('does not look at what others send to that port, and takes only what auth says itself', async () => {
    const ann = await aPerson({});
    const answers: Promise<number[]>[] = [];
    const { code, stderr } = await latchkey({}, ['login', ann.resource], {
      env: ann.env,
      openBrowser(address) {
        const back = new URL(new URL(address).searchParams.get('redirect_uri') ?? '');
        const state = new URL(address).searchParams.get('state') ?? '';
        const tries = [`${back.href}?code=x&state=wrong`, `${back.origin}/?state=${state}`];
        const mixedUp = `${back.href}?code=x&state=${state}&iss=https://elsewhere.example.com`;
        answers.push(
          (async () => {
            const statuses: number[] = [];
            for (const one of [...tries, mixedUp]) statuses.push((await fetch(one)).status);
            return statuses;
          })(),
        );
      },
    });
    expect(await answers[0]).toEqual([404, 404, 200]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('an answer that cannot be used')]);
    expect(ann.asked).not.toContain('POST /token authorization_code');
  });

  test.each<[what: string, quirks: (auth: () => SmallAuth) => Quirks, says: string]>([
    [
      'was refused',
      () => ({ '/token': () => [400, { error: 'access_denied' }] }),
      'it was refused in the browser',
    ],
    [
      'came too late',
      () => ({ '/token': () => [400, { error: 'expired_token' }] }),
      'nobody approved the code in time',
    ],
    [
      'is not what auth takes',
      () => ({ '/device_authorization': () => [400, { error: 'invalid_target' }] }),
      'refused (invalid_target)',
    ],
    [
      'is for an application that is not behind Latchkey',
      () => ({ '/.well-known/oauth-protected-resource': () => [404, {}] }),
      'is it behind Latchkey',
    ],
    [
      'would get tokens for another application',
      () => ({
        '/.well-known/oauth-protected-resource': () => [
          200,
          { resource: 'https://payroll.example.com', authorization_servers: ['https://sso.example.com'] },
        ],
      }),
      'says that it is another application',
    ],
    [
      'would ask auth without TLS',
      (auth) => ({
        '/.well-known/oauth-protected-resource': () => [
          200,
          { resource: auth().resource, authorization_servers: ['http://sso.example.com'] },
        ],
      }),
      'not safe to use',
    ],
    [
      'finds an auth that calls itself another one',
      (auth) => ({
        '/.well-known/oauth-authorization-server': () => [
          200,
          { issuer: 'https://sso.example.com', token_endpoint: `${auth().issuer}/token` },
        ],
      }),
      'an answer that cannot be used',
    ],
    [
      'would send the code elsewhere',
      (auth) => ({
        '/.well-known/oauth-authorization-server': () => [
          200,
          { issuer: auth().issuer, device_authorization_endpoint: 'http://127.0.0.2:9/' },
        ],
      }),
      'refers to http://127.0.0.2:9, which is another server and is not called',
    ],
    [
      'would open a page elsewhere',
      () => ({
        '/device_authorization': () => [
          200,
          {
            device_code: 'a',
            user_code: 'b',
            verification_uri: 'https://elsewhere.example.com',
            expires_in: 9,
          },
        ],
      }),
      'names a page for the code on another server',
    ],
    [
      'is answered with a token that would say more to curl',
      () => ({
        '/token': () => [200, { access_token: 'a"\nurl = "https://elsewhere', token_type: 'Bearer' }],
      }),
      'returned a token with characters that no header may contain',
    ],
    [
      'is answered with a flood',
      () => ({ '/token': () => [200, { access_token: 'a'.repeat(300_000) }] }),
      'too large',
    ],
  ])('that %s says so and keeps nothing', async (_, quirks, says) => {
    const started: { auth?: SmallAuth } = {};
    const ann = await aPerson(
      quirks(() => {
        if (started.auth === undefined) throw new Error('not started');
        return started.auth;
      }),
    );
    started.auth = ann;
    const { code, stdout, stderr } = await ann.logIn();
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(says)]);
    expect((await ann.run('token', ann.resource)).code).toBe(1);
  });

  test.each([
    ['app.example.com', 'is not the address of an application'],
    ['http://app.example.com', 'has no TLS'],
    ['http://localhost.example.com', 'has no TLS'],
    ['https://ann:secret@app.example.com', 'with a user name or a password'],
  ])('does not take %s', async (address, says) => {
    for (const command of ['login', 'token', 'curl', 'logout']) {
      const { code, stderr } = await latchkey({}, [command, address], { env: { HOME: folder } });
      expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
    }
  });
});

describe('token', () => {
  test('prints the one that is kept, and a new one where that ends', async () => {
    const ann = await aPerson();
    await ann.logIn();
    expect((await ann.run('token', `${ann.resource}/any/page`)).stdout).toBe('access-1\n');
    ann.outdate();
    expect((await ann.run('token', ann.resource)).stdout).toBe('access-2\n');
    expect(ann.kept()).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' });
  });

  test('asked for many times at once, refreshes once', async () => {
    const ann = await aPerson();
    await ann.logIn();
    ann.outdate();
    const all = await Promise.all(Array.from({ length: 8 }, () => ann.run('token', ann.resource)));
    expect(all.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 8 }, () => 'access-2\n'));
    expect(ann.asked.filter((one) => one.includes('refresh_token'))).toHaveLength(1);
  });

  test('asks once more where the answer was lost, though the refresh token was replaced', async () => {
    let isLost = false;
    const ann = await aPerson({ '/token': () => (isLost ? 'lost' : undefined) });
    await ann.logIn();
    ann.outdate();
    isLost = true;
    const { code, stderr } = await ann.run('token', ann.resource);
    expect([code, stderr]).toEqual([1, expect.stringContaining('does not answer')]);
    expect(ann.asked.filter((one) => one.includes('refresh_token'))).toHaveLength(2);
    isLost = false;
    const once = await aPerson({ '/token': () => (isLost ? ((isLost = false), 'lost') : undefined) });
    await once.logIn();
    once.outdate();
    isLost = true;
    expect((await once.run('token', once.resource)).stdout).toBe('access-3\n');
    expect(once.kept().refreshToken).toBe('refresh-3');
  });

  test('goes on where another process died over it', async () => {
    const ann = await aPerson();
    await ann.logIn();
    ann.outdate();
    const lock = `${ann.file}.lock`;
    writeFileSync(lock, 'somebody');
    utimesSync(lock, new Date(0), new Date(0));
    expect((await ann.run('token', ann.resource)).stdout).toBe('access-2\n');
    expect(readdirSync(ann.tokensFolder)).toEqual([path.basename(ann.file)]);
  });

  test('says how to sign in when nobody has, or when it is over', async () => {
    const ann = await aPerson();
    const never = await ann.run('token', ann.resource);
    await ann.logIn();
    writeFileSync(ann.file, JSON.stringify({ ...ann.kept(), refreshToken: 'used', expiresAt: 0 }));
    const over = await ann.run('token', ann.resource);
    for (const { code, stdout, stderr } of [never, over]) {
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toBe(
        `latchkey token: you are not signed in to ${ann.resource}: run \`latchkey login ${ann.resource}\`\n`,
      );
    }
  });

  test('keeps what there is when auth is away', async () => {
    let isAway = false;
    const ann = await aPerson({ '/token': () => (isAway ? [503, {}] : undefined) });
    await ann.logIn();
    ann.outdate();
    isAway = true;
    expect((await ann.run('token', ann.resource)).code).toBe(1);
    isAway = false;
    expect((await ann.run('token', ann.resource)).stdout).toBe('access-2\n');
  });
});

describe('curl', () => {
  test('is given the token where nobody else sees it, and its exit code is ours', async () => {
    const ann = await aPerson();
    await ann.logIn();
    const ran: unknown[] = [];
    const { code } = await latchkey({}, ['curl', `${ann.resource}/x`, '-X', 'POST'], {
      env: ann.env,
      runWith: async (...call) => {
        ran.push(call);
        return 22;
      },
    });
    expect(code).toBe(22);
    expect(ran).toEqual([
      [
        'oauth2-bearer = "access-1"\nproto-redir = "=http,https"\nnoproxy = "*"\n',
        'curl',
        ['--config', '/dev/fd/3', '--url', `${ann.resource}/x`, '-X', 'POST'],
      ],
    ]);
  });

  test('asks the host that the token is for, where curl would read another one', async () => {
    const ann = await aPerson();
    await ann.logIn();
    const ran: string[] = [];
    await latchkey({}, ['curl', `${ann.resource}\\@elsewhere.example.com/`], {
      env: ann.env,
      runWith: async (_secret, _program, args) => {
        ran.push(...args);
        return 0;
      },
    });
    expect(ran).toContain(`${ann.resource}/@elsewhere.example.com/`);
  });
});

describe('logout', () => {
  test('tells auth, and forgets', async () => {
    const ann = await aPerson();
    await ann.logIn();
    const { code, stderr } = await ann.run('logout');
    expect([code, stderr, ann.revoked]).toEqual([0, `Signed out of ${ann.resource}.\n`, ['refresh-1']]);
    expect(readdirSync(ann.tokensFolder)).toEqual([]);
    expect((await ann.run('logout', ann.resource)).stderr).toBe('You are not signed in there.\n');
  });

  test('forgets even where auth cannot be reached, and says where to end it', async () => {
    const ann = await aPerson({ '/revoke': () => [503, {}] });
    await ann.logIn();
    const { code, stderr } = await ann.run('logout', ann.resource);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`end them at ${ann.issuer}/account`)]);
    expect(readdirSync(ann.tokensFolder)).toEqual([]);
  });
});
