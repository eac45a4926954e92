// A Git server of one's own behind the proxy: people clone, push and fetch, and see a short message where they are not signed in.
import { describe, expect, test } from '@jest/globals';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@latchkey/testing/programs';
import { askAsStranger, startApp, useApplication } from './application.ts';

const run = promisify(execFile);
const git = findProgram('git');
const backend =
  git && join(execFileSync(git, ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');

// https://www.rfc-editor.org/rfc/rfc3875, as much of it as git-http-backend(1) asks for.
function bridge(program: string, repositories: string): RequestListener {
  return function answer(req, res) {
    const { pathname, search } = new URL(`http://git${req.url ?? '/'}`);
    const child = spawn(program, {
      env: {
        PATH: process.env['PATH'],
        GIT_PROJECT_ROOT: repositories,
        GIT_HTTP_EXPORT_ALL: '1',
        REMOTE_USER: String(req.headers['x-forwarded-user']),
        REQUEST_METHOD: req.method,
        PATH_INFO: decodeURIComponent(pathname),
        QUERY_STRING: search.slice(1),
        CONTENT_TYPE: req.headers['content-type'],
        CONTENT_LENGTH: req.headers['content-length'],
        HTTP_CONTENT_ENCODING: req.headers['content-encoding'],
        HTTP_GIT_PROTOCOL: String(req.headers['git-protocol'] ?? ''),
      },
    });
    req.pipe(child.stdin.on('error', () => undefined));
    let head: string | undefined = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (head === undefined) res.write(chunk);
      else head = begun(head + chunk.toString('latin1'));
    });
    // What is still missing of the head; undefined once it is out.
    function begun(text: string): string | undefined {
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return text;
      const fields = text
        .slice(0, end)
        .split('\r\n')
        .map((line) => line.split(/: /, 2) as [string, string]);
      const status = fields.find(([name]) => name === 'Status')?.[1] ?? '200';
      res.writeHead(Number.parseInt(status), fields.filter(([name]) => name !== 'Status').flat());
      res.write(Buffer.from(text.slice(end + 4), 'latin1'));
      return undefined;
    }
    child.once('close', () => res.end());
  };
}

if (git === undefined || backend === undefined || !existsSync(backend)) {
  test.skip('git is not installed here', () => undefined);
} else {
  describe('git', () => {
    let folder = '';
    const the = useApplication(async (own) => {
      folder = own;
      await run(git, ['init', '--bare', '--quiet', '--initial-branch=main', join(own, 'team.git')]);
      await run(git, ['-C', join(own, 'team.git'), 'config', 'http.receivepack', 'true']);
      return startApp(bridge(backend, own));
    });

    function call(args: readonly string[], cookie = `Cookie: ${the.cookie}`): Promise<{ stderr: string }> {
      const alone = { GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', HOME: folder, LC_ALL: 'C' };
      const who = ['user.name=Ann', 'user.email=ann@example.com', `http.extraHeader=${cookie}`];
      // Where names under localhost are not resolved, they are looked for here.
      const there = `http.curloptResolve=${the.authority}:127.0.0.1`;
      return run(git ?? '', [...who, there].flatMap((set) => ['-c', set]).concat(args), {
        env: { PATH: process.env['PATH'], ...alone },
      });
    }

    test('clones, pushes small and large, and fetches what others pushed', async () => {
      const url = `${the.url}/team.git`;
      const [mine, theirs] = [join(folder, 'mine'), join(folder, 'theirs')];
      await call(['clone', '--quiet', url, mine]);
      writeFileSync(join(mine, 'small'), 'small');
      await call(['-C', mine, 'add', '.']);
      await call(['-C', mine, 'commit', '--quiet', '-m', 'small']);
      await call(['-C', mine, 'push', '--quiet', 'origin', 'HEAD:main']);
      await call(['clone', '--quiet', url, theirs]);

      // Above `http.postBuffer` it goes in chunks.
      const large = randomBytes(5_000_000);
      writeFileSync(join(mine, 'large'), large);
      await call(['-C', mine, 'add', '.']);
      await call(['-C', mine, 'commit', '--quiet', '-m', 'large']);
      await call(['-C', mine, 'push', '--quiet', 'origin', 'HEAD:main']);
      await call(['-C', theirs, 'fetch', '--quiet']);
      await call(['-C', theirs, 'merge', '--quiet', '--ff-only', 'origin/main']);

      expect(readFileSync(join(theirs, 'small'), 'utf8')).toBe('small');
      expect(readFileSync(join(theirs, 'large')).equals(large)).toBe(true);
    });

    test('gets 401 without a session, and asks for nothing', async () => {
      const refused = call(['ls-remote', `${the.url}/team.git`], 'X-None: 1');
      await expect(refused).rejects.toThrow(/could not read Username|Authentication failed/);
      const asked = { target: '/team.git/info/refs?service=git-upload-pack', headers: { accept: '*/*' } };
      const { status, headers } = await askAsStranger(the, asked);
      expect([status, headers['content-type']]).toEqual([401, 'application/json; charset=utf-8']);
    });
  });
}
