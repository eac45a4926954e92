import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { Agent, request } from 'undici';
import { answerHeaders, answerPlan } from '../../outgoing/response-headers.ts';
import type { Taken } from '../pool/connections.ts';
import { forwardHttp } from './forward.ts';

async function originOf(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('an upload that the application has stopped taking ends after a time of its own', async () => {
  const app = createServer((req) => void req.pause());
  const origin = await originOf(app);
  const agent = new Agent();
  const outcome = Promise.withResolvers<unknown>();
  const proxy = createServer((req, res) => {
    const upstream = {
      method: 'POST',
      target: '/',
      headers: [],
      body: undefined,
      timeoutMs: 60_000,
      stallMs: 200,
    };
    const way = {
      isShared: true,
      dispatch: (...[, outgoing, handler]: Parameters<Taken['dispatch']>) =>
        void agent.dispatch({ ...outgoing, origin }, handler),
    };
    const answer = answerHeaders({
      plan: answerPlan({ headerOverrides: [], allowRootServiceWorker: false }, false),
      isOwnCookie: () => false,
      setCookies: [],
    });
    const events = {
      answer,
      passInterim: false,
      streams: () => undefined,
      breaksOff: () => undefined,
      ended: outcome.resolve,
    };
    forwardHttp(req, res, upstream, way, events);
  });
  const body = Buffer.alloc(20 * 1024 * 1024);
  const answer = request(await originOf(proxy), { method: 'POST', body });

  expect(await outcome.promise).toEqual({
    answered: false,
    code: 'upstream_timeout',
    detail: 'nothing taken of the body for 0.2 s',
  });

  proxy.closeAllConnections();
  await expect(answer).rejects.toThrow();
  proxy.close();
  app.closeAllConnections();
  app.close();
  await agent.destroy();
});
