// Stands for auth: every session stands, and everybody is in one group. `auth.ts PORT GROUP`
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

const [port, group] = process.argv.slice(2);

createServer((req, res) => void introspect(req, res)).listen(Number(port), '127.0.0.1');

async function introspect(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const asked = new URLSearchParams(await text(req)).getAll('groups');
  const groups = asked.filter((name) => name === group);
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ active: true, groups }));
}
