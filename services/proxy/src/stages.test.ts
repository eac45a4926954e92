import { noDeviceTrust } from '@latchkey/access';
import { expect, jest, test } from '@jest/globals';
import type { Route } from '@latchkey/upstreams';
import { trustPeers } from '@latchkey/http';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { aRequest } from '@latchkey/testing';
import type { Emit } from '@latchkey/telemetry';
import type { Admission } from './admission.ts';
import type { ProxyEvent } from './telemetry/events.ts';
import { createStages } from './stages.ts';

const request = aRequest({ target: '/a?b', rawPath: '/a', query: '?b', forwardedProto: 'https' });

test('a caller who leaves while auth is asked is recorded once, with the host and the route', () => {
  const route = { id: 'wiki' } as Route;
  const admit: Admission['admit'] = () => ({
    kind: 'pending',
    request,
    route,
    outcome: new Promise(() => undefined),
  });
  const emit = jest.fn<Emit<ProxyEvent>>();
  const stages = createStages({
    deviceTrustOf: () => noDeviceTrust,
    trust: { ...trustPeers([]), requestId: () => 'an-id' },
    tracer: undefined,
    admission: { admit },
    addresses: { scheme: () => 'https' as const, origin: () => 'https://wiki.example.com' },
    secure: true,
    isOwnCookie: () => false,
    renewCookie: () => '',
    rememberPerson: () => '',
    emit,
    clock: { now: () => 0, elapsed: () => 0 },
    assertions: undefined,
  });
  const req = new IncomingMessage(new Socket());
  const exchange = stages.open(req, new ServerResponse(req));
  void stages.admission(exchange, stages.canonical(exchange, 'http'));
  stages.record(exchange, 499);
  stages.record(exchange, 200);

  expect(emit.mock.calls).toEqual([
    [
      expect.objectContaining({
        status: 499,
        record: expect.objectContaining({ id: 'an-id', request, route }),
      }),
    ],
  ]);
});
