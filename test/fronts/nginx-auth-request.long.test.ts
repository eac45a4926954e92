// nginx forwards to an application itself and asks `/oauth2/auth` about each request, as deploy/fronts/nginx-auth-request.conf
// says. A signed-in person who lacked the group went round in circles.
import { describe, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { valuesOf } from '../fixtures/recorder.ts';
import { cookieHeader, pressAccount, signIn } from '../fixtures/sign-in.ts';
import { findProgram } from '../fixtures/programs.ts';
import { ask } from './ask.ts';
import { caller, useFront } from './front.ts';
import { nginxWith } from './nginx.ts';

const nginx = findProgram('nginx');
jest.setTimeout(30_000);

if (nginx === undefined) test.skip('nginx is not installed here', () => undefined);
else
  describe('nginx that asks about each request', () => {
    let clock = 0;
    const the = useFront(
      nginx,
      ({ folder, copied }) =>
        nginxWith(folder, { front: copied('nginx.conf'), wiki: copied('nginx-auth-request.conf') }),
      { now: () => Date.now() + clock },
    );
    const wiki = (target = '/') => the.stack.url('wiki', target);
    const upload = Buffer.alloc(20 * 1024 * 1024);

    test('lets in who may pass, and the application is sent neither the session nor a claim of the caller', async () => {
      const browser = the.browser();
      const visit = await signIn(browser, wiki('/a%2Fb?x=1'), 'engineer@example.com');
      expect([visit.status, visit.url]).toEqual([200, wiki('/a%2Fb?x=1')]);

      the.stack.app.received.length = 0;
      const session = await cookieHeader(browser, wiki());
      await ask(the, {
        host: 'wiki',
        headers: { cookie: `theme=dark; ${session}; tab=2`, 'x-forwarded-user': 'evil' },
      });
      const [entry = { rawHeaders: [] }] = the.stack.app.received;
      expect(valuesOf(entry, 'Cookie').join().replaceAll(' ', '')).toBe('theme=dark;tab=2');
      expect(valuesOf(entry, 'X-Forwarded-User')).toEqual([]);
    });

    test('shows a person who lacks the group the page that says so, and sends nobody round', async () => {
      const browser = await the.signedIn('finance@example.com');
      const visit = await browser.visit(wiki());
      expect([visit.status, visit.hops.length]).toEqual([403, 1]);
      expect(visit.body).toContain('engineering@example.com');
      expect(the.stack.app.received).toEqual([]);
    });

    test('leads nobody to the sign-in, and tells a program', async () => {
      const visit = await the.browser().visit(wiki('/?x=1'), { follow: false });
      expect([visit.status, String(visit.headers['location'])]).toEqual([
        302,
        expect.stringContaining(encodeURIComponent(wiki('/?x=1'))),
      ]);
      const program = await ask(the, { host: 'wiki', method: 'PUT', body: upload });
      expect([program.status, JSON.parse(program.body)]).toMatchObject([401, { error: 'not_signed_in' }]);
      expect(the.stack.app.received).toEqual([]);
    });

    test('hands an upload and a WebSocket to the application alone', async () => {
      const cookie = await cookieHeader(await the.signedIn(), wiki());
      the.stack.app.answer = (req, res) => {
        let size = 0;
        req.on('data', (chunk: Buffer) => (size += chunk.length)).on('end', () => res.end(String(size)));
      };
      const { body } = await ask(the, { host: 'wiki', method: 'PUT', headers: { cookie }, body: upload });
      expect(body).toBe(String(upload.length));

      const host = `wiki.latchkey.localhost:${the.port}`;
      const socket = new WebSocket(`wss://127.0.0.1:${the.port}/live`, {
        ...caller,
        headers: { host, origin: `https://${host}`, cookie },
      });
      await once(socket, 'open');
      socket.terminate();
    });

    test('brings a renewed session to the browser', async () => {
      const browser = await the.signedIn();
      // A third of the grace period later auth vouches for the session anew.
      clock = 2 * 3_600_000;
      const { status, headers } = await browser.visit(wiki());
      clock = 0;
      expect([status, String(headers['set-cookie'])]).toEqual([200, expect.stringContaining('_sso_proxy=')]);
    });

    test('while nobody can say, it is the page that says so, and not an error of nginx', async () => {
      const browser = the.browser();
      const callback = await pressAccount(browser, await browser.visit(wiki()), 'engineer@example.com', {
        follow: false,
      });
      for (let next = callback.headers['location']; next !== undefined && next !== wiki();)
        next = (await browser.visit(String(next), { follow: false })).headers['location'];
      await the.stack.auth.stop();
      const visit = await browser.visit(wiki());
      expect(visit.status).toBe(503);
      expect(visit.body).toContain('<footer>');
    });
  });
