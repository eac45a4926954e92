import { expect, jest, test } from '@jest/globals';
import { canonicalHost } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import type { Route } from '@latchkey/upstreams';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Admission } from './admission.ts';
import type { Tell } from './record/events.ts';
import { createStages } from './stages.ts';

const host = canonicalHost('wiki.example.com');
if (host === undefined) throw new Error('the host of these tests is none');
const request: CanonicalRequest = {
  method: 'GET',
  host,
  port: undefined,
  target: '/a?b',
  rawPath: '/a',
  query: '?b',
  path: undefined,
  client: '203.0.113.9',
  forwardedFor: '203.0.113.9',
  forwardedProto: 'https',
};

test('a caller who leaves while auth is asked is told of once, with the host and the route', () => {
  const route = { id: 'wiki' } as Route;
  const admit: Admission['admit'] = () => ({
    kind: 'pending',
    request,
    route,
    outcome: new Promise(() => undefined),
  });
  const tell = jest.fn<Tell>();
  const stages = createStages({
    trust: {
      requestId: () => 'an-id',
      read: () => ({ client: '', forwardedFor: '', forwardedProto: undefined }),
    },
    admission: { admit, authorize: jest.fn<Admission['authorize']>() },
    addresses: { origin: () => 'https://wiki.example.com' },
    secure: true,
    isOwnCookie: () => false,
    renewCookie: () => '',
    rememberPerson: () => '',
    tell,
    elapsed: () => 0,
  });
  const req = new IncomingMessage(new Socket());
  const exchange = stages.open(req, new ServerResponse(req));
  void stages.admission(exchange, stages.canonical(exchange, 'http'));
  stages.record(exchange, 499);
  stages.record(exchange, 200);

  expect(tell.mock.calls).toEqual([
    [
      expect.objectContaining({
        status: 499,
        record: expect.objectContaining({ id: 'an-id', request, route }),
      }),
    ],
  ]);
});
