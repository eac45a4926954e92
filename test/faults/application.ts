// The application behind the proxy, in a process of its own: says who it was told the person is, and what was sent.
import { createServer } from 'node:http';

const server = createServer(function echo(req, res) {
  const { searchParams } = new URL(req.url ?? '/', 'http://application');
  const [, claims = ''] = String(req.headers['x-latchkey-jwt-assertion']).split('.');
  let sent = '';
  req.setEncoding('utf8').on('data', (piece: string) => (sent += piece));
  req.on('end', function tell() {
    const { email: asserted }: { email?: string } = JSON.parse(
      Buffer.from(claims, 'base64url').toString() || '{}',
    );
    const told = { email: req.headers['x-forwarded-email'], asserted, mark: searchParams.get('mark'), sent };
    res.setHeader('content-type', 'application/json').end(JSON.stringify(told));
  });
});
server.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  process.stdout.write('{"msg":"listening"}\n');
});
