import { Browser } from '@latchkey/testing/browser';
import { once } from 'node:events';
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { hostsOf, people } from './people.ts';
import { enter } from './sign-in.ts';
import type { World } from './world.ts';

/** Pages that are open, each with a WebSocket and an event stream, which it opens again when they end. */
export type Pages = {
  /** how those that ended did, and how often */
  readonly ends: Readonly<Record<string, number>>;
  /** Resolves when each page has both open. */
  open(): Promise<void>;
  close(): Promise<void>;
};

/** How what a page has open ends where its task is replaced: the page knows that it has to open it again. */
export const replacementEnds = ['a WebSocket with 1001', 'a stream whole'];

const readers = people.slice(0, 6);
const betweenMs = 100;

type Connection = { readonly ended: Promise<string>; end(): void };

/** Has some people open a page each. */
export async function openPages(world: World): Promise<Pages> {
  const ends: Record<string, number> = {};
  const over = new AbortController();
  const openNow = new Set<Connection>();

  async function keep(connect: () => Promise<Connection>): Promise<void> {
    while (!over.signal.aborted) {
      const connection = await connect().catch((error: unknown) => String(error));
      if (typeof connection === 'string') {
        count(`not opened: ${connection}`);
        await pause(betweenMs);
        continue;
      }
      openNow.add(connection);
      const how = await connection.ended;
      openNow.delete(connection);
      if (!over.signal.aborted) count(how);
    }
  }
  function count(how: string): void {
    ends[how] = (ends[how] ?? 0) + 1;
  }

  const going = await Promise.all(
    readers.map(async function read(person) {
      const browser = new Browser();
      const url = world.url(hostsOf(person)[0] ?? '', '/?mark=page');
      await enter(browser, url, person.email);
      const { host } = new URL(url);
      const cookie = await browser.jar.getCookieString(url);
      const at = { port: Number(new URL(url).port), headers: { host, cookie } };
      return [keep(() => openSocket(at)), keep(() => openStream(at))];
    }),
  );

  return {
    ends,
    async open() {
      while (openNow.size < readers.length * 2) await pause(betweenMs);
    },
    async close() {
      over.abort();
      for (const connection of openNow) connection.end();
      await Promise.all(going.flat());
    },
  };
}

type At = { readonly port: number; readonly headers: { readonly host: string; readonly cookie: string } };

async function openSocket({ port, headers }: At): Promise<Connection> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, {
    headers: { ...headers, origin: `http://${headers.host}` },
  });
  const ended = new Promise<string>((resolve) =>
    socket.once('close', (code: number) => resolve(`a WebSocket with ${code}`)),
  );
  await once(socket, 'open');
  socket.on('error', () => undefined);
  return { ended, end: () => socket.close() };
}

async function openStream({ port, headers }: At): Promise<Connection> {
  const asking = get({ host: '127.0.0.1', port, path: '/events', headers, agent: false });
  const [answer] = await once(asking, 'response');
  if (answer.statusCode !== 200) throw new Error(`a stream answers ${answer.statusCode}`);
  const ended = new Promise<string>((resolve) =>
    answer
      .once('end', () => resolve('a stream whole'))
      .once('error', () => resolve('a stream broken off'))
      .resume(),
  );
  return { ended, end: () => asking.destroy() };
}
