// A load balancer gave each request an id and wrote it into its own log. Ours had another one for the same request, so that
// the two could not be laid side by side.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

const upstreams = `
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], skip_auth_regex: [/public]}}
`;
const trusting = { SERVER_TRUSTED_PROXIES: '127.0.0.0/8' };

let trusted: Stack;
let alone: Stack;

beforeAll(async () => {
  trusted = await startStack({ upstreams, proxyEnv: trusting, authEnv: trusting });
  alone = await startStack({ upstreams });
});
afterAll(() => Promise.all([trusted.close(), alone.close()]));

const given = '1f0c9b7e-6a8e-4c6e-9f43-2b1f6d3c5a77';

/** What the upstream, the log and the JSON of a refusal say of a request with these headers. */
async function idsOf(stack: Stack, headers: string) {
  const ask = (path: string) =>
    sendRaw(
      stack.ports.proxy,
      `GET ${path} HTTP/1.1\nHost: hello.latchkey.localhost\n${headers}Connection: close\n\n`,
    );
  stack.app.received.length = 0;
  const line = stack.nextLine(({ path }) => path === '/refused');
  await ask('/public');
  const { body } = await ask('/refused');
  const [received = { rawHeaders: [] }] = stack.app.received;
  return {
    upstream: valuesOf(received, 'X-Request-Id'),
    log: (await line)['id'],
    json: JSON.parse(body).request_id,
  };
}

describe('the id of a request', () => {
  test('is that of a trusted peer: in the log, in the answer, and towards the application', async () => {
    const ids = await idsOf(trusted, `X-Request-Id: ${given}\n`);
    expect(ids).toEqual({ upstream: [given], log: given, json: given });
  });

  test('is ours where nobody trusted gives one', async () => {
    const ids = await idsOf(alone, `X-Request-Id: ${given}\n`);
    expect(JSON.stringify(ids)).not.toContain(given);
    expect(ids.upstream).toEqual([expect.stringMatching(/^[\w-]{12}$/)]);
    expect(ids.json).toBe(ids.log);
  });

  test.each([
    ['two', `X-Request-Id: ${given}\nX-Request-Id: ${given}\n`],
    ['an empty one', 'X-Request-Id:\n'],
    ['one that is too long', `X-Request-Id: ${'a'.repeat(129)}\n`],
    ['one with other characters', `X-Request-Id: ${given}"<b>\n`],
    ['another spelling', `X_Request_Id: ${given}\n`],
  ])('is ours where a trusted peer passes on %s', async (_, headers) => {
    const { upstream, log } = await idsOf(trusted, headers);
    expect(upstream).toEqual([expect.stringMatching(/^[\w-]{12}$/)]);
    expect(log).toMatch(/^[\w-]{12}$/);
  });

  test('is that of a trusted peer at auth, too', async () => {
    const line = trusted.nextLine(({ service, id }) => service === 'auth' && id === given);
    await sendRaw(
      trusted.ports.auth,
      `GET /nowhere HTTP/1.1\nHost: sso.latchkey.localhost:${trusted.ports.auth}\nX-Request-Id: ${given}\nConnection: close\n\n`,
    );
    expect(await line).toMatchObject({ path: '/nowhere' });
  });

  test('that AWS knows it by is in the line where a trusted peer gives it, and a trace travels on as it came', async () => {
    const amazon = 'Root=1-67891233-abcdef012345678912345678;Self=1-67891234-12456789abcdef012345678';
    const headers = `X-Amzn-Trace-Id: ${amazon}\ntraceparent: 00-theirs\ntracestate: a=b\n`;
    for (const [stack, expected] of [[trusted, amazon] as const, [alone, undefined] as const]) {
      const line = stack.nextLine(({ path }) => path === '/refused');
      await idsOf(stack, headers);
      expect((await line)['amzn_trace_id']).toBe(expected);
      const [received = { rawHeaders: [] }] = stack.app.received;
      expect(valuesOf(received, 'traceparent')).toEqual(['00-theirs']);
      expect(valuesOf(received, 'tracestate')).toEqual(['a=b']);
    }
  });
});
