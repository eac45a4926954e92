// People reach the services through nginx, set up as deploy/fronts/nginx.conf says, or with as little as nginx needs.
import { describe, expect, test } from '@jest/globals';
import { valuesOf } from '../fixtures/recorder.ts';
import { findProgram } from '@latchkey/testing/programs';
import { cookieHeader, signIn } from '../fixtures/sign-in.ts';
import { ask } from './ask.ts';
import { useFront } from './front.ts';
import { holdsBehind } from './holds-behind.ts';
import { nginxWith } from './nginx.ts';

const nginx = findProgram('nginx');

if (nginx === undefined) test.skip('nginx is not installed here', () => undefined);
else {
  describe('behind nginx', () => {
    const the = useFront(nginx, ({ folder, copied }) => nginxWith(folder, { front: copied('nginx.conf') }));
    holdsBehind(the, { goesOnUnasked: true, passesHints: false });
  });

  // Once Debian's nginx knows interim answers, the documents have to say so.
  describe('behind nginx that is sent interim answers', () => {
    const the = useFront(nginx, ({ folder, copied }) => nginxWith(folder, { front: copied('nginx.conf') }), {
      proxyEnv: { SERVER_INTERIM_ANSWERS: 'true' },
    });

    test('the page never comes', async () => {
      const cookie = await cookieHeader(await the.signedIn(), the.stack.url('hello'));
      the.stack.app.answer = (_req, res) => {
        res.writeEarlyHints({ link: '</a.css>; rel=preload' });
        res.end('whole');
      };
      await expect(ask(the, { headers: { cookie } })).rejects.toThrow('Parse Error');
    });
  });

  describe('behind nginx that speaks HTTP/1.0 and writes the port itself', () => {
    const the = useFront(nginx, ({ folder, copied }) => {
      const front = copied('nginx.conf')
        .replaceAll(/^.*(?:proxy_http_version|\$http_upgrade;|\$latchkey_connection;).*\n/gm, '')
        .replace('$http_host', '$host:$server_port');
      return nginxWith(folder, { front });
    });

    test('a person signs in, and the application receives the host and the port', async () => {
      const visit = await signIn(the.browser(), the.stack.url('hello', '/a?b'), 'engineer@example.com');
      expect([visit.status, visit.url]).toEqual([200, the.stack.url('hello', '/a?b')]);
      const [entry = { rawHeaders: [] }] = the.stack.app.received;
      expect(valuesOf(entry, 'X-Forwarded-Host')).toEqual([`hello.latchkey.localhost:${the.port}`]);
    });

    test('uploads in chunks and answers of unknown length are whole, and interim answers stay behind', async () => {
      const cookie = await cookieHeader(await the.signedIn(), the.stack.url('hello'));
      the.stack.app.answer = (req, res) => {
        let size = 0;
        res.writeEarlyHints({ link: '</a.css>; rel=preload' });
        req.on('data', (chunk: Buffer) => (size += chunk.length));
        req.on('end', () => {
          res.write(String(size));
          res.end(' bytes');
        });
      };
      const body = Buffer.alloc(5_000_000);
      const headers = { cookie, 'transfer-encoding': 'chunked' };
      const answer = await ask(the, { method: 'PUT', headers, body });
      expect([answer.status, answer.body]).toEqual([200, '5000000 bytes']);
    });
  });
}
