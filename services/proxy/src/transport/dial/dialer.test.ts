import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import type { DialThrough, Shown } from '../connectors/dial.ts';
import { CertificateError } from '../tls/certificate.ts';
import { createDialer } from './dialer.ts';

const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../../../../test/fixtures/tls', name), 'utf8');

test('a connector is asked in the name of the person again when a certificate that is not accepted is looked at', async () => {
  const server = createServer({ key: fixture('localhost.key'), cert: fixture('localhost.crt') });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  const { port } = server.address() as AddressInfo;

  const asked: Array<Shown | undefined> = [];
  const dialThrough: DialThrough = (_name, _target, dialed, shown) => {
    asked.push(shown);
    const socket = connect(port, '127.0.0.1', () => dialed(null, socket));
  };
  const dialer = createDialer({ allowLocalTargets: true, proxyFor: () => undefined, dialThrough });
  const tls = { serverName: 'localhost', skipVerify: false, raw: true } as const;
  const ann = { assertion: 'ann', requestId: 'one' };
  const error = await new Promise<Error | null>((resolve) =>
    dialer.dial(
      { kind: 'tcp', host: 'localhost', port, madeByHost: false, via: 'beside', raw: true, tls },
      (...[failure]) => resolve(failure),
      ann,
    ),
  );
  server.close();
  expect(error).toBeInstanceOf(CertificateError);
  expect(asked).toEqual([ann, ann]);
});
