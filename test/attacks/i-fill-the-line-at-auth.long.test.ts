// A stranger with two addresses keeps the line full in which everybody stands who wants to sign in, as often as the limit of
// an address allows. A page that an employee has open does the same from their browser, and so from the address of the whole
// office.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { sendRaw } from '../fixtures/raw-request.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';
import { useStack } from '../fixtures/use-stack.ts';

// More than are worked on and may wait.
const connections = 380;
// So many stood in line before them.
const waiting = 250;
const page = 'Accept: text/html\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\n';

const ask = ({ ports }: Stack, client: string, more = '', path = '/google/start') =>
  `GET ${path} HTTP/1.1\nHost: sso.latchkey.localhost:${ports.auth}\nX-Forwarded-For: ${client}\n${more}\n`;

describe('a line that two addresses keep full', () => {
  let stack: Stack;
  let sockets: Socket[] = [];
  let answered = 0;
  beforeAll(async () => {
    stack = await startStack({ https: true });
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await stack.close();
  });

  // Asks again after each answer of 302, and not after 503.
  function keepAsking(socket: Socket, client: string): void {
    const request = ask(stack, client, page).replaceAll('\n', '\r\n');
    socket.on('data', (answer: Buffer) => {
      if (!answer.includes(' 302 ')) return;
      answered++;
      socket.write(request);
    });
    socket.write(request);
  }

  test('has room for everybody else, and does not keep them until it is through', async () => {
    const full = stack.nextLine(({ error }) => error === 'overloaded');
    sockets = Array.from({ length: connections }, () => connect(stack.ports.auth, '127.0.0.1'));
    for (const socket of sockets) socket.on('error', () => undefined);
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    sockets.forEach((socket, at) => keepAsking(socket, `203.0.113.${at % 2}`));
    await full;
    const before = answered;
    const asked = ask(stack, '198.51.100.2', `${page}Connection: close\n`);
    expect((await sendRaw(stack.ports.auth, asked)).status).toBe(302);
    expect(answered - before).toBeLessThan(waiting);
  });
});

describe('a page that makes the browser of an employee ask', () => {
  const perMinute = 5;
  const the = useStack({ https: true, authEnv: { SERVER_RATE_LIMIT: String(perMinute) } });

  test.each([
    ['/google/start', 'cross-site'],
    ['/google/sign_in', 'same-site'],
    ['/google/callback', 'cross-site'],
    ['/google/sign_out', 'cross-site'],
    ['/', 'same-site'],
    ['/oauth2/introspect', 'cross-site'],
    ['/none', 'cross-site'],
  ])('%s from a page that is %s uses up nothing of what their office may ask', async (path, site) => {
    const office = `192.0.2.${path.length}`;
    const driven = `Sec-Fetch-Site: ${site}\nSec-Fetch-Mode: no-cors\nSec-Fetch-Dest: empty\nConnection: close\n`;
    for (let time = 0; time <= perMinute; time++) {
      const answer = await sendRaw(the.stack.ports.auth, ask(the.stack, office, driven, path));
      expect(answer.status).toBe(403);
    }
    const own = await sendRaw(
      the.stack.ports.auth,
      ask(the.stack, office, `${page}Sec-Fetch-Site: none\nConnection: close\n`, '/robots.txt'),
    );
    expect(own.status).toBe(200);
  });
});
