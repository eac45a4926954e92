// Sends a message over each of some WebSockets, and the next when it has come back: takes target, pressure and the processes
// of the server as JSON, and prints what `wrk.lua` prints with the processor time that the server took for messages alone.
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Pressure, Target } from './load.ts';
import { cpuUsOf } from './measure.ts';
import { loadOf } from './summary.ts';
import type { Summary } from './summary.ts';

const asked = JSON.parse(process.argv[2] ?? '') as Target & Pressure & { pids: readonly number[] };
const { port, path, headers, seconds, connections, pids } = asked;
const message = 'x'.repeat(100);
const tookMs: number[] = [];
let goesOn = true;
let broken = 0;

const sockets = Array.from(
  { length: connections },
  () => new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers }),
);
await Promise.all(sockets.map((socket) => once(socket, 'open')));
const before = cpuUsOf(pids);
const started = performance.now();
for (const socket of sockets) talk(socket);
await wait(seconds * 1_000);
goesOn = false;
const elapsed = (performance.now() - started) / 1_000;
const cpuUs = cpuUsOf(pids) - before;
for (const socket of sockets) socket.terminate();

const summary: Summary = { ...loadOf(tookMs, elapsed), refused: 0, broken };
process.stdout.write(`${JSON.stringify({ ...summary, cpuUs })}\n`);

function talk(socket: WebSocket): void {
  let sentAt = performance.now();
  socket.on('message', function back() {
    tookMs.push(performance.now() - sentAt);
    sentAt = performance.now();
    if (goesOn) socket.send(message);
  });
  socket.on('close', () => (broken += goesOn ? 1 : 0));
  socket.send(message);
}
