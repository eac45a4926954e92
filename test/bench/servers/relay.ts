// The least that Node can do: each request goes on through undici as it came, and its answer back. `relay.ts PORT ORIGIN`
import { createServer } from 'node:http';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';

const [port, origin = ''] = process.argv.slice(2);
const pool = new Pool(origin, { pipelining: 1 });

createServer(function relay(req, res) {
  let controller: Dispatcher.DispatchController | undefined;
  res.on('drain', () => controller?.resume());
  const { method = 'GET', url: path = '/', rawHeaders: headers } = req;
  const body = method === 'GET' || method === 'HEAD' ? null : req;
  pool.dispatch(
    { method, path, headers, body },
    {
      onRequestStart: (started) => void (controller = started),
      onResponseStart: (_, status) => void res.writeHead(status, texts(controller?.rawHeaders)),
      onResponseData(_, chunk) {
        if (!res.write(chunk)) controller?.pause();
      },
      onResponseEnd: () => void res.end(),
      onResponseError: () => void res.destroy(),
    },
  );
}).listen(Number(port), '127.0.0.1');

function texts(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  return Array.isArray(raw) ? raw.map((part) => part.toString('latin1')) : [];
}
