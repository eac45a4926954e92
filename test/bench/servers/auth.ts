// Stands for auth: every session stands, everybody is in one group, and the keys of assertions are there. `auth.ts PORT GROUP KEYS`
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

const [port, group, keys] = process.argv.slice(2);

createServer(function answer(req, res) {
  if (req.method !== 'GET') return void introspect(req, res);
  return void res.writeHead(200, { 'content-type': 'application/json' }).end(keys);
}).listen(Number(port), '127.0.0.1');

async function introspect(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const asked = new URLSearchParams(await text(req)).getAll('groups');
  const groups = asked.filter((name) => name === group);
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ active: true, groups }));
}
