// The application, where there is no nginx: bodies of fixed length. `origin.ts PORT`
import { createServer } from 'node:http';
import { bodies } from '../bodies.ts';

const answers = new Map(
  Object.entries(bodies).map(([name, length]) => [`/${name}`, Buffer.alloc(length, 'x')]),
);

createServer({ keepAliveTimeout: 600_000 }, function answer(req, res) {
  const body = answers.get(req.url ?? '') ?? Buffer.alloc(0);
  res.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length }).end(body);
}).listen(Number(process.argv[2]), '127.0.0.1');
