// Stands for auth: every session stands, in all groups that are asked about. `auth.ts PORT`
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

createServer((req, res) => void introspect(req, res)).listen(Number(process.argv[2]), '127.0.0.1');

async function introspect(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const groups = new URLSearchParams(await text(req)).getAll('groups');
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ active: true, groups }));
}
