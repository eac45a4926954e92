import { Browser } from '@latchkey/testing/browser';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { WebSocket } from 'ws';
import type { ProxyBeside } from '../fixtures/proxy-beside.ts';
import { cookieHeader, signIn } from '../fixtures/sign-in.ts';

/** Requests that go on until they are aborted. */
export type Load = {
  /** rejects with the first thing that goes wrong */
  readonly failed: Promise<never>;
  readonly ended: Promise<unknown>;
  /** how much of each kind there was */
  counts(): string;
};

// How many of each go on at once.
const together = { requests: 8, streams: 8, sockets: 8, uploads: 2, signIns: 1, reloads: 1 };
type Kind = keyof typeof together;
const kinds = Object.keys(together) as Kind[];

const bytes = Buffer.alloc(1024 * 1024);

/** Loads the proxy with everything at once, and has the upstream file read again now and then. */
export function load(the: ProxyBeside, over: AbortSignal): Load {
  const counts = new Map<Kind, number>();
  const dispatcher = new Agent({ connections: 64 });
  const { host } = new URL(the.url('app'));
  let cookie = '';

  const work: Record<Kind, () => Promise<void>> = {
    requests: () => ask('GET', '/page'),
    uploads: () => ask('PUT', '/upload', bytes),
    async streams() {
      const { body } = await call('GET', '/events');
      body.on('error', () => undefined);
      for (let heard = 0; heard < 10; heard++) await once(body, 'data');
      body.destroy();
    },
    async sockets() {
      const headers = { host, cookie, origin: `http://${host}` };
      const socket = new WebSocket(`ws://127.0.0.1:${the.port}/`, { headers });
      await once(socket, 'open');
      for (let said = 0; said < 50; said++) {
        const heard = once(socket, 'message');
        socket.send(bytes.subarray(0, 1000 * (said % 20)));
        await heard;
      }
      socket.close();
      await once(socket, 'close');
    },
    async signIns() {
      const browser = new Browser();
      const { status } = await signIn(browser, the.url('app', '/page'), 'engineer@example.com');
      if (status !== 200) throw new Error(`signing in ended with ${status}`);
      cookie = await cookieHeader(browser, the.url('app'));
      await browser.close();
      await wait(500);
    },
    async reloads() {
      the.reload(String(Date.now()));
      await wait(5_000);
    },
  };

  function call(method: 'GET' | 'PUT', path: string, body: Buffer | null = null) {
    const headers = { host, cookie };
    return request(`http://127.0.0.1:${the.port}${path}`, { method, headers, dispatcher, body });
  }
  async function ask(method: 'GET' | 'PUT', path: string, sent?: Buffer): Promise<void> {
    const { statusCode, body } = await call(method, path, sent);
    await body.dump();
    if (statusCode !== 200) throw new Error(`${path} is answered with ${statusCode}`);
  }
  async function goOn(kind: Kind): Promise<void> {
    while (!over.aborted) {
      await work[kind]();
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  }
  async function all(): Promise<void> {
    await work.signIns();
    const each = kinds.flatMap((kind) => Array.from({ length: together[kind] }, () => goOn(kind)));
    await Promise.all(each);
    await dispatcher.destroy();
  }

  const ended = all();
  return {
    ended,
    failed: ended.then(() => new Promise<never>(() => undefined)),
    counts: () => [...counts].map(([kind, count]) => `${count} ${kind}`).join(', '),
  };
}
