// The application behind the proxy, in a process of its own: answers with the person that the headers name, and with what was sent. Beside it a
// server of TCP that says again what it hears.
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { WebSocketServer } from 'ws';

const eventEveryMs = 200;

const server = createServer(function echo(req, res) {
  const { pathname, searchParams } = new URL(req.url ?? '/', 'http://application');
  if (pathname === '/events') {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    const timer = setInterval(() => res.write('data: .\n\n'), eventEveryMs);
    return void res.once('close', () => clearInterval(timer));
  }
  const [, claims = ''] = String(req.headers['x-latchkey-jwt-assertion']).split('.');
  let sent = '';
  req.setEncoding('utf8').on('data', (piece: string) => (sent += piece));
  return void req.on('end', function tell() {
    const { email: asserted }: { email?: string } = JSON.parse(
      Buffer.from(claims, 'base64url').toString() || '{}',
    );
    const received = {
      email: req.headers['x-forwarded-email'],
      asserted,
      mark: searchParams.get('mark'),
      sent,
    };
    res.setHeader('content-type', 'application/json').end(JSON.stringify(received));
  });
});
// So that nothing in between takes them for dead.
const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (req, duplex, head) =>
  sockets.handleUpgrade(req, duplex, head, function open(socket) {
    const timer = setInterval(() => socket.send('.'), eventEveryMs);
    socket.once('close', () => clearInterval(timer)).on('error', () => undefined);
  }),
);
const database = createTcpServer((socket) => void socket.on('error', () => undefined).pipe(socket));
server.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  database.listen(Number(process.env['TCP_PORT']), '127.0.0.1', () => {
    process.stdout.write('{"msg":"listening"}\n');
  });
});
