// What one writes with express in an afternoon: http-proxy-middleware, WebSockets too, and where BENCH_PASSWORD is set a
// session that is unsealed for each request. `express.ts PORT ORIGIN`
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { Agent } from 'node:http';
import { openSession } from './session.ts';

const [port, target = ''] = process.argv.slice(2);
const app = express();
if (process.env['BENCH_PASSWORD'] !== undefined) {
  app.use(async function requireSession(req, res, next) {
    const session = await openSession(req.headers.cookie);
    if (session === undefined) return void res.sendStatus(401);
    req.headers['x-forwarded-user'] = session.user;
    return next();
  });
}
const proxy = createProxyMiddleware({ target, ws: true, agent: new Agent({ keepAlive: true }) });
app.use(proxy);
app.listen(Number(port), '127.0.0.1').on('upgrade', proxy.upgrade);
