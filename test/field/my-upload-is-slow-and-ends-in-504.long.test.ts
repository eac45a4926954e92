// Whoever uploaded over a slow line was shown 504 after `timeout`, although the upload still flowed.
import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { Agent, request } from 'undici';
import { forwardHttp } from '../../services/proxy/src/transport/http.ts';
import type { Taken } from '../../services/proxy/src/transport/connections.ts';
import { answerHeaders, answerPlan } from '../../services/proxy/src/outgoing/response-headers.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  upstreams: `
- service: hello
  default:
    from: hello.latchkey.localhost
    to: {{app}}
    options: { allowed_email_domains: [example.com], skip_auth_regex: ['^/'], timeout: 300ms }`,
});

function upload(body: PassThrough) {
  return request(`http://127.0.0.1:${the.stack.ports.proxy}/`, {
    method: 'POST',
    headers: { host: 'hello.latchkey.localhost' },
    body,
  });
}

test('the time for the answer begins when the upload has ended', async () => {
  const body = new PassThrough();
  const answer = upload(body);
  // One piece each time the one before has arrived, and a pause: in all longer than the answer may take.
  for (const piece of ['one', 'two', 'three', 'four']) {
    body.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  body.end();
  const { statusCode, body: said } = await answer;
  await said.dump();
  expect(statusCode).toBe(200);
  expect(the.stack.app.received[0]?.body).toBe('onetwothreefour');
});

test('an answer that does not come after the upload is still 504', async () => {
  the.stack.app.answer = () => undefined;
  const body = new PassThrough();
  body.end('all of it');
  const { statusCode, body: said } = await upload(body);
  await said.dump();
  expect(statusCode).toBe(504);
});

test('an upload that the application has stopped taking ends after a time of its own', async () => {
  the.stack.app.answer = (req) => void req.removeAllListeners('data').pause();
  const agent = new Agent();
  const outcome = Promise.withResolvers<unknown>();
  const server = createServer((req, res) => {
    const origin = `http://127.0.0.1:${the.stack.app.port}`;
    const upstream = { method: 'POST', target: '/', headers: [], timeoutMs: 60_000, stallMs: 200 };
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
    const events = { answer, passInterim: false, breaksOff: () => undefined };
    outcome.resolve(forwardHttp(req, res, upstream, way, events));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const body = new PassThrough();
  const answer = request(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
    method: 'POST',
    body,
  });
  body.write(Buffer.alloc(20 * 1024 * 1024));
  expect(await outcome.promise).toEqual({
    answered: false,
    code: 'upstream_timeout',
    detail: 'nothing taken of the body for 0.2 s',
    closedEarly: false,
  });
  server.closeAllConnections();
  await expect(answer).rejects.toThrow();
  server.close();
  await agent.destroy();
});
