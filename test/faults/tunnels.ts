import { Browser } from '@latchkey/testing/browser';
import { latchkey } from '@latchkey/testing/latchkey';
import { freePort } from '@latchkey/testing/ports';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { loginAsProgram } from '../fixtures/program.ts';
import { databases, hostsOf, people } from './people.ts';
import { enter } from './sign-in.ts';
import type { World } from './world.ts';

/** Programs that talk to a database through `latchkey tunnel`, and connect again when their connection ends. */
export type Tunnels = {
  /** how connections ended over which there had been an answer, and how often */
  readonly ends: Readonly<Record<string, number>>;
  /** the longest time from the end of one until the next one had an answer */
  readonly longestAwayMs: number;
  /** Resolves when each program has an answer over the connection that it has. */
  open(): Promise<void>;
  close(): Promise<void>;
};

/** How a connection ends whose task is replaced: nobody takes half of an answer for all of it. */
export const toldByReset = 'was reset';

const owners = people.filter((person) => hostsOf(person).length > 1).slice(0, 3);
const everyMs = 100;
const answeredWithinMs = 10_000;
const openWithinMs = 30_000;

/** Has some people work with both databases. */
export async function openTunnels(world: World): Promise<Tunnels> {
  const ends: Record<string, number> = {};
  let longestAwayMs = 0;
  const over = new AbortController();
  const { signal } = over;
  const waiting = new Set<number>();

  async function work(port: number): Promise<void> {
    let awaySince: number | undefined;
    function answered(): void {
      if (awaySince !== undefined) longestAwayMs = Math.max(longestAwayMs, performance.now() - awaySince);
      awaySince = undefined;
      waiting.delete(port);
    }
    while (!signal.aborted) {
      waiting.add(port);
      const how = await talk(port, { signal, answered });
      if (signal.aborted) return;
      const hadAnAnswer = !waiting.has(port);
      if (hadAnAnswer) {
        ends[how] = (ends[how] ?? 0) + 1;
        awaySince = performance.now();
      }
      await pause(everyMs);
    }
  }

  const going: Promise<unknown>[] = [];
  for (const person of owners) {
    const browser = new Browser();
    await enter(browser, world.url(hostsOf(person)[0] ?? '', '/?mark=tunnel'), person.email);
    for (const host of Object.values(databases)) {
      const auth = { authUrl: (target = '/') => new URL(target, world.authUrl('/')).href };
      const { access_token } = await loginAsProgram(auth, browser, world.url(host));
      const port = await freePort();
      const args = ['tunnel', world.url(host), '--listen', `127.0.0.1:${port}`];
      going.push(latchkey({}, args, { env: { LATCHKEY_TOKEN: access_token }, stopped: signal }), work(port));
    }
    await browser.close();
  }

  return {
    ends,
    get longestAwayMs() {
      return longestAwayMs;
    },
    async open() {
      const end = performance.now() + openWithinMs;
      while (waiting.size > 0) {
        if (performance.now() > end) throw new Error(`${waiting.size} tunnels do not open`);
        await pause(everyMs);
      }
    },
    async close() {
      over.abort();
      await Promise.all(going);
    },
  };
}

/** Says something over and over and hears it again, until the connection ends; tells how it did. */
async function talk(
  port: number,
  { signal, answered }: { signal: AbortSignal; answered: () => void },
): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', signal }).setEncoding('latin1');
  let how = 'ended as if it were complete';
  let [said, heard, saidAt] = ['', '', performance.now()];
  function speak(): void {
    if (heard === said) {
      said += `${said.length} `;
      saidAt = performance.now();
      socket.write(said.slice(heard.length));
    } else if (performance.now() - saidAt > answeredWithinMs) {
      how = 'had no answer';
      socket.destroy();
    }
  }
  const timer = setInterval(speak, everyMs);
  socket.on('data', (piece: string) => {
    heard += piece;
    if (heard === said) return answered();
    if (said.startsWith(heard)) return undefined;
    how = 'was garbled';
    return void socket.destroy();
  });
  socket.on('error', ({ message }: Error) => (how = message.includes('ECONNRESET') ? toldByReset : message));
  await new Promise((closed) => socket.once('close', closed));
  clearInterval(timer);
  return how;
}
