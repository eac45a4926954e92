import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { request } from 'undici';
import { sendRaw } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  upstreams: `
- service: hello
  default:
    from: hello.latchkey.localhost
    to: {{app}}
    options:
      allowed_email_domains: [example.com]
      timeout: 1s
      header_overrides:
        X-Frame-Options: DENY
        Server: ours
- service: below
  default:
    from: below.latchkey.localhost
    to: {{app}}/base?fixed=1
    options:
      allowed_email_domains: [example.com]
      preserve_host: true
- service: away
  default:
    from: away.latchkey.localhost
    to: 127.0.0.1:9
    options:
      allowed_email_domains: [example.com]
`,
});

async function cookie() {
  return cookieHeader(await the.signedIn(), the.stack.url('hello'));
}

describe('what is forwarded', () => {
  test.each(['/a%2Fb/c', '//_msearch', '/a/../b', '/%E2%82%AC?x=%20&y=a+b&&z', '/a;v=1?', '/?q="[]{}|\\^`'])(
    'is the target byte for byte: %s',
    async (target) => {
      await sendRaw(
        the.stack.ports.proxy,
        `GET ${target} HTTP/1.1\nHost: hello.latchkey.localhost\nCookie: ${await cookie()}\nConnection: close\n\n`,
      );
      expect(the.stack.app.received.map((entry) => entry.target)).toEqual([target]);
    },
  );

  test('goes behind the path and query of `to`', async () => {
    const browser = await the.signedIn();
    await browser.fetch(the.stack.url('below', '/z?y=2'));
    await browser.fetch(the.stack.url('below', '/'));
    expect(the.stack.app.received.map((entry) => entry.target)).toEqual([
      '/base/z?fixed=1&y=2',
      '/base/?fixed=1',
    ]);
  });

  test.each(['/../admin', '/%2e%2e/admin', '/x/..%2f..%2fadmin', '/.%2E/admin', '/..\\admin'])(
    'does not climb out of the path of `to`: %s',
    async (target) => {
      const answer = await sendRaw(
        the.stack.ports.proxy,
        `GET ${target} HTTP/1.1\nHost: below.latchkey.localhost\nCookie: ${await cookie()}\nConnection: close\n\n`,
      );
      expect(answer.status).toBe(400);
      expect(the.stack.app.received).toEqual([]);
    },
  );

  test('carries the host that the route says, and tells the other one', async () => {
    const browser = await the.signedIn();
    await browser.fetch(the.stack.url('hello'));
    await browser.fetch(the.stack.url('below'));
    const [hello = { rawHeaders: [] }, below = { rawHeaders: [] }] = the.stack.app.received;
    expect(valuesOf(hello, 'Host')).toEqual([`127.0.0.1:${the.stack.app.port}`]);
    expect(valuesOf(hello, 'X-Forwarded-Host')).toEqual([
      `hello.latchkey.localhost:${the.stack.ports.proxy}`,
    ]);
    expect(valuesOf(below, 'Host')).toEqual([`below.latchkey.localhost:${the.stack.ports.proxy}`]);
  });

  test('holds no cookie of ours, and every other one', async () => {
    const answer = await sendRaw(
      the.stack.ports.proxy,
      `GET / HTTP/1.1\nHost: hello.latchkey.localhost\nCookie: a=1; ${await cookie()}; latchkey_x=2; b="3"\nConnection: close\n\n`,
    );
    expect(answer.status).toBe(200);
    expect(valuesOf(the.stack.app.received[0] ?? { rawHeaders: [] }, 'Cookie')).toEqual(['a=1; b="3"']);
  });

  test('says who called only as far as somebody trusted vouches for it', async () => {
    await sendRaw(
      the.stack.ports.proxy,
      `GET / HTTP/1.1\nHost: hello.latchkey.localhost\nCookie: ${await cookie()}\nX-Forwarded-For: 203.0.113.9\n` +
        `X-Forwarded-Proto: https\nX-Forwarded-Port: 443\nX-Forwarded-Prefix: /x\nForwarded: for=203.0.113.9\nConnection: close\n\n`,
    );
    const [entry = { rawHeaders: [] }] = the.stack.app.received;
    expect(valuesOf(entry, 'X-Forwarded-For')).toEqual(['127.0.0.1']);
    expect(valuesOf(entry, 'X-Forwarded-Proto')).toEqual(['http']);
    expect(valuesOf(entry, 'X-Forwarded-Prefix')).toEqual([]);
    expect(valuesOf(entry, 'Forwarded')).toEqual([]);
  });
});

describe('what comes back', () => {
  test('has our security headers once, overrides in place, and no cookie of ours', async () => {
    const browser = await the.signedIn();
    the.stack.app.answer = (_req, res) => {
      res.writeHead(
        418,
        'Short and stout',
        [
          ['Server', 'theirs'],
          ['X-Frame-Options', 'ALLOWALL'],
          ['X-Content-Type-Options', 'none'],
          ['Set-Cookie', '_sso_proxy=planted; Path=/'],
          ['Set-Cookie', '__Secure-_sso_proxy=planted; Path=/'],
          ['Set-Cookie', ' latchkey_trips = planted'],
          ['Set-Cookie', 'theirs=1'],
          ['Set-Cookie', 'more=2'],
          ['Connection', 'X-Hop'],
          ['X-Hop', '1'],
        ].flat(),
      );
      res.end('body');
    };
    const answer = await browser.fetch(the.stack.url('hello'));
    expect([answer.status, answer.body]).toEqual([418, 'body']);
    expect(answer.headers['server']).toBe('ours');
    expect(answer.headers['x-frame-options']).toBe('DENY');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['set-cookie']).toEqual(['theirs=1', 'more=2']);
    expect(answer.headers['x-hop']).toBeUndefined();
  });

  test('is 502 where nobody listens, as a page for people and as JSON for programs', async () => {
    const browser = await the.signedIn();
    const page = await browser.visit(the.stack.url('away'));
    expect(page.status).toBe(502);
    expect(page.headers['content-type']).toContain('text/html');
    const answer = await browser.fetch(the.stack.url('away'));
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'upstream_unreachable' });
  });

  test('is 504 where the answer does not begin in time', async () => {
    const browser = await the.signedIn();
    the.stack.app.answer = () => undefined;
    expect((await browser.visit(the.stack.url('hello'))).status).toBe(504);
  });

  test('breaks off where the upstream does, instead of looking whole', async () => {
    const headers = { host: 'hello.latchkey.localhost', cookie: await cookie() };
    the.stack.app.answer = (_req, res) => {
      res.writeHead(200, { 'content-length': '100' });
      res.write('half');
      res.socket?.destroySoon();
    };
    const answer = await request(`http://127.0.0.1:${the.stack.ports.proxy}/`, {
      headers,
    });
    await expect(answer.body.text()).rejects.toThrow();
  });
});

describe('streams', () => {
  test('an event arrives before the next one is sent, long after the time limit for the first byte', async () => {
    const headers = { host: 'hello.latchkey.localhost', cookie: await cookie() };
    const stream = Promise.withResolvers<ServerResponse>();
    the.stack.app.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.flushHeaders();
      stream.resolve(res);
    };
    const answer = await request(`http://127.0.0.1:${the.stack.ports.proxy}/`, {
      headers,
    });
    const upstream = await stream.promise;
    for (const event of ['one', 'two', 'three']) {
      upstream.write(`data: ${event}\n\n`);
      const [chunk] = (await once(answer.body, 'data')) as [Buffer];
      expect(chunk.toString()).toBe(`data: ${event}\n\n`);
    }
    upstream.end();
    await answer.body.dump();
  });

  test('an upload reaches the application piece by piece', async () => {
    const headers = { host: 'hello.latchkey.localhost', cookie: await cookie() };
    const arrived = Promise.withResolvers<string>();
    the.stack.app.answer = (req, res) => {
      req.once('data', (chunk: Buffer) => {
        arrived.resolve(chunk.toString());
        req.once('end', () => res.end('done'));
      });
    };
    const body = new PassThrough();
    const answer = request(`http://127.0.0.1:${the.stack.ports.proxy}/`, {
      method: 'POST',
      headers,
      body,
    });
    body.write('first');
    expect(await arrived.promise).toBe('first');
    body.end('second');
    expect(await (await answer).body.text()).toBe('done');
    expect(the.stack.app.received[0]?.body).toBe('firstsecond');
  });

  test('an upstream request ends when the client closes the connection', async () => {
    const headers = { host: 'hello.latchkey.localhost', cookie: await cookie() };
    const closed = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    the.stack.app.answer = (_req, res) => {
      res.once('close', () => closed.resolve());
      res.writeHead(200);
      res.write('x');
      asked.resolve();
    };
    const controller = new AbortController();
    const answer = await request(`http://127.0.0.1:${the.stack.ports.proxy}/`, {
      headers,
      signal: controller.signal,
    });
    answer.body.on('error', () => undefined);
    await asked.promise;
    controller.abort();
    await closed.promise;
  });
});
