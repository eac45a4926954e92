// An application: it says who asks, as the headers name them.
const { createServer } = require('node:http');

createServer(({ url, headers }, res) => {
  res.setHeader('content-type', 'text/plain; charset=utf-8');
  res.end(`${process.env.NAME}: ${String(headers['x-forwarded-email'] ?? 'nobody')} asks for ${url}\n`);
}).listen(process.env.SERVER_PORT);
process.on('SIGTERM', () => process.exit(0));
