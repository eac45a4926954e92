// haproxy checks health over HTTP/1.0, without a `Host`. Both services answered 400 and were taken out of service.
import { describe, expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();

describe.each(['proxy', 'auth'] as const)('a health check of %s', (service) => {
  test.each([
    ['over HTTP/1.0 without Host', 'GET /ping HTTP/1.0\n\n'],
    ['over HTTP/1.0 by HEAD', 'HEAD /ping HTTP/1.0\n\n'],
    ['with a query', 'GET /ping?from=lb HTTP/1.0\n\n'],
    ['with a Host that is none', 'GET /ping HTTP/1.1\nHost: _ _\nConnection: close\n\n'],
  ])('is answered %s, and logged at debug only', async (_, bytes) => {
    const line = the.stack.nextLine(({ path }) => path === '/ping');
    const answer = await sendRaw(the.stack.ports[service], bytes);
    expect([answer.status, answer.body]).toEqual([200, '']);
    expect(await line).toMatchObject({ service, level: 'debug', status: 200 });
  });

  test('is nothing but its path', async () => {
    for (const target of ['/pinge', '/ping/', '//ping', '/x/ping']) {
      expect((await sendRaw(the.stack.ports[service], `GET ${target} HTTP/1.0\n\n`)).status).toBe(400);
    }
  });
});
