import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { request } from 'node:http';
import { WebSocket } from 'ws';
import { startDemoApps, type DemoApps } from './start.ts';

// Nobody answers there.
const trust = {
  jwks: new URL('http://127.0.0.1:9/oauth2/v1/jwks'),
  issuer: 'http://sso.example',
  audiences: ['http://hello.example'],
};
let apps: DemoApps;
beforeAll(async () => {
  apps = await startDemoApps(trust);
});
afterAll(() => apps.close());

const address = (app: 'hello' | 'wiki' | 'vault', path: string) =>
  `http://127.0.0.1:${apps[app].port}${path}`;

async function pageOf(app: 'hello' | 'wiki' | 'vault', path: string, headers: Record<string, string> = {}) {
  const response = await fetch(address(app, path), { headers });
  return { status: response.status, html: await response.text() };
}

describe('hello', () => {
  test('shows the headers that say who is asking, in every spelling, and no others', async () => {
    const { html } = await pageOf('hello', '/', {
      'x-forwarded-user': 'engineer',
      'x-forwarded-groups': '<b>engineering@example.com</b>',
      x_forwarded_email: 'forged@example.com',
      'x-request-id': 'id-1',
      'x-other': 'not about identity',
    });
    expect(html).toContain('<h1>Hello, engineer</h1>');
    expect(html).toContain(
      '<th scope="row">x-forwarded-groups</th><td>&#60;b&#62;engineering@example.com&#60;/b&#62;</td>',
    );
    expect(html).toContain('<th scope="row">x_forwarded_email</th><td>forged@example.com</td>');
    expect(html).toContain('<th scope="row">x-request-id</th><td>id-1</td>');
    expect(html).not.toContain('not about identity');
  });

  test('says of an assertion that it is none, and not believed where it cannot be verified', async () => {
    const none = await pageOf('hello', '/');
    expect(none.html).toContain('No assertion came with this request.');
    const forged = await pageOf('hello', '/', { 'x-latchkey-jwt-assertion': 'a.b.<c>' });
    expect(forged.html).toContain('The assertion is not believed: ');
    expect(forged.html).not.toContain('The signature is good');
  });

  test('says on the public page that nobody is named', async () => {
    const { html } = await pageOf('hello', '/public/', { 'x-forwarded-proto': 'http' });
    expect(html).toContain('None of them says who you are.');
  });

  test.each(['/headers', '/public/headers'])('gives all headers as JSON at %s', async (path) => {
    const response = await fetch(address('hello', path), { headers: { x_forwarded_user: 'forged' } });
    expect(await response.json()).toMatchObject({ x_forwarded_user: 'forged' });
  });

  test('has a clock that starts at once', async () => {
    const response = await fetch(address('hello', '/clock'));
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(Buffer.from(first?.value ?? []).toString()).toMatch(/^data: \d\d:\d\d:\d\d\n\n$/);
    await reader?.cancel();
  });

  test('has an echo, and no WebSocket elsewhere', async () => {
    const socket = new WebSocket(address('hello', '/echo'));
    await once(socket, 'open');
    socket.send('hello');
    const [data] = await once(socket, 'message');
    expect(String(data)).toBe('hello');
    socket.close();

    const [error] = await once(new WebSocket(address('hello', '/other')), 'error');
    expect(String(error)).toContain('404');
  });

  test('answers 404 with a page', async () => {
    expect(await pageOf('hello', '/nowhere')).toMatchObject({ status: 404 });
  });
});

describe('the navigation', () => {
  test.each([
    { app: 'wiki', host: 'wiki.latchkey.localhost:4180', domain: 'latchkey.localhost:4180' },
    { app: 'vault', host: 'vault.corp.example.com', domain: 'corp.example.com' },
  ] as const)('on $host leads to the other applications there', async ({ app, host, domain }) => {
    const { html } = await pageOf(app, '/', { 'x-forwarded-host': host });
    const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
    expect(links).toEqual([
      `//hello.${domain}/`,
      `//wiki.${domain}/`,
      `//vault.${domain}/`,
      `//intranet.${domain}/`,
      '/oauth2/sign_out',
    ]);
  });

  test.each(['127.0.0.1:4180', 'vault.example.com"><script>', 'hello.example.com'])(
    'is left out on a host that is not ours: %s',
    async (host) => {
      const { html } = await pageOf('vault', '/', { 'x-forwarded-host': host });
      expect(html).not.toContain('<nav>');
    },
  );
});

test('closing drops streams and WebSockets that are open', async () => {
  const own = await startDemoApps(trust);
  const socket = new WebSocket(`http://127.0.0.1:${own.hello.port}/echo`);
  await once(socket, 'open');
  const clock = request({ port: own.hello.port, host: '127.0.0.1', path: '/clock' }).end();
  const [stream] = await once(clock, 'response');
  const ended = [once(socket, 'close'), once(stream, 'error')];
  stream.resume();
  await own.close();
  await Promise.all(ended);
});
