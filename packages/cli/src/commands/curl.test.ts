import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { latchkey } from '@latchkey/testing/latchkey';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runWith } from '../programs.ts';

const help = helpOfCurl();
const withCurl = help === undefined ? describe.skip : describe;

const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-test-'));
const servers: Server[] = [];
/** What arrived, as `app Bearer secret`. */
const arrived: string[] = [];
let [app, other] = ['', ''];

beforeAll(async () => {
  other = await serve((req, res) => {
    arrived.push(`other ${req.headers.authorization ?? 'nothing'}`);
    res.end();
  });
  app = await serve((req, res) => {
    arrived.push(`app ${req.headers.authorization ?? 'nothing'}`);
    if (req.url === '/away') res.writeHead(307, { location: `${other}/` });
    res.end();
  });
  const kept = path.join(folder, '.local/state/latchkey/tokens');
  mkdirSync(kept, { recursive: true });
  const tokens = { resource: app, issuer: other, accessToken: 'secret', expiresAt: Date.now() + 3_600_000 };
  writeFileSync(path.join(kept, `${encodeURIComponent(app)}.json`), JSON.stringify(tokens));
});
afterEach(() => {
  arrived.splice(0);
  delete process.env['http_proxy'];
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const at = server.address();
  return `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`;
}

const call = (target: string, ...args: string[]) =>
  latchkey({}, ['curl', `${app}${target}`, '--silent', ...args], { env: { HOME: folder }, runWith });
const hostOf = (origin: string) => new URL(origin).host;

withCurl('curl itself', () => {
  test.each<[string, string[]]>([
    ['alone', []],
    ['with a body', ['-X', 'POST', '--json', '{"a": "elsewhere"}']],
    ['with options that stand together', ['-sSfd', 'a=b', '-o/dev/null', '-H', 'X-A: b']],
    ['with a value that looks like an option', ['-H', '-K', '-o', '/dev/null']],
  ])('is let to one application %s', async (_, args) => {
    expect((await call('/', ...args)).code).toBe(0);
    expect(arrived).toEqual(['app Bearer secret']);
  });

  test.each([[['-L']], [['--location', '--post301']], [['-L', '--max-redirs', '3']]])(
    'keeps the token from where a redirect leads, with %j',
    async (args) => {
      expect((await call('/away', ...args)).code).toBe(0);
      expect(arrived).toEqual(['app Bearer secret', 'other nothing']);
    },
  );

  test('asks no outgoing proxy for what is on this machine', async () => {
    process.env['http_proxy'] = other;
    expect((await call('/')).code).toBe(0);
    expect(arrived).toEqual(['app Bearer secret']);
  });

  test('takes nothing for an address that we take for the value of an option', () => {
    const flags = [...(help ?? '').matchAll(/^ *(?:(-.), )?--([\w.-]+) {2,}[^<[]/gm)].flatMap(
      ([, letter, name]) => [`--${name}`, ...(letter === undefined ? [] : [letter])],
    );
    expect(flags.length).toBeGreaterThan(100);
    return Promise.all(
      flags.map(async (flag) => {
        const { code } = await call('/', flag, hostOf(other));
        expect([flag, code]).toEqual([flag, 2]);
      }),
    );
  });
});

describe('a call by which the token would reach another host is refused', () => {
  const elsewhere = 'elsewhere.example.com';
  test.each<[string, string[]]>([
    ['an address', ['https://elsewhere.example.com/']],
    ['an address without a scheme', [elsewhere]],
    ['one behind an option without a value', ['-L', elsewhere]],
    ['one behind options that stand together', ['-sS', elsewhere]],
    ['one behind a value that stands with its option', ['-XPOST', elsewhere]],
    ['one behind a value', ['-X', 'POST', elsewhere]],
    ['one behind an option that is not known', ['--new-option', elsewhere]],
    ['one behind the end of the options', ['--', elsewhere]],
    ['a dash', ['-']],
    ['an empty word', ['']],
    ['--url', ['--url', elsewhere]],
    ['--url with its value', ['--url=elsewhere.example.com']],
    ['--expand-url', ['--expand-url', elsewhere]],
    ['a file with options', ['-K', 'file']],
    ['a file with options among others', ['-sKfile']],
    ['the beginning of --config', ['--conf', 'file']],
    ['another request', ['--next', elsewhere]],
    ['another request by its letter', ['-:']],
    ['redirects that take the token along', ['-L', '--location-trusted']],
    ['the beginning of that', ['--location-t']],
    ['redirects to other protocols', ['--proto-redir', '=all']],
    ['another token', ['--oauth2-bearer', 'x']],
  ])('%s', async (_, args) => {
    const { code, stderr } = await call('/', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining('call one address at a time')]);
    expect(arrived).toEqual([]);
  });
});

function helpOfCurl(): string | undefined {
  try {
    return execFileSync('curl', ['--help', 'all'], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}
