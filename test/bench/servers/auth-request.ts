// What nginx asks with `auth_request`: 204 with the name of the person whose session the cookie holds, opened once.
// `auth-request.ts PORT`
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { openSession } from './session.ts';
import type { BenchSession } from './session.ts';

const opened = new Map<string, BenchSession>();

createServer((req, res) => void answer(req, res)).listen(Number(process.argv[2]), '127.0.0.1');

async function answer({ headers: { cookie = '' } }: IncomingMessage, res: ServerResponse): Promise<void> {
  const session = opened.get(cookie) ?? (await openSession(cookie));
  if (session === undefined) return void res.writeHead(401).end();
  opened.set(cookie, session);
  return void res.writeHead(204, { 'x-user': session.user }).end();
}
