import { tasksHeader } from '@latchkey/contract';
import type { ClientHttp2Session } from 'node:http2';

// What fits into a header, and more than anybody has.
const mostTasks = 200;

/** Announces the tasks of the proxy to a connector. One that knows no such request refuses it, and finds them all the same. */
export function announceTasks(session: ClientHttp2Session, tasks: readonly string[]): void {
  if (tasks.length === 0 || session.closed || session.destroyed) return;
  const stream = session.request(
    { ':method': 'PUT', ':path': '/tasks', [tasksHeader]: tasks.slice(0, mostTasks).join() },
    { endStream: true },
  );
  stream.on('error', () => undefined);
  stream.resume();
}
