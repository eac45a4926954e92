// The same as one writes it with what undici recommends: its answer as a stream. `relay-request.ts PORT ORIGIN`
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Pool } from 'undici';

const [port, origin = ''] = process.argv.slice(2);
const pool = new Pool(origin, { pipelining: 1 });

async function relay(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { method = 'GET', url: path = '/', rawHeaders: headers } = req;
  const body = method === 'GET' || method === 'HEAD' ? null : req;
  const answer = await pool.request({ method, path, headers, body });
  res.writeHead(answer.statusCode, answer.headers);
  await pipeline(answer.body, res);
}

createServer((req, res) => {
  relay(req, res).catch(() => res.destroy());
}).listen(Number(port), '127.0.0.1');
