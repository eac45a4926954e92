import { describe, expect, test } from '@jest/globals';
import { noDefaultRules, withOptions } from '@latchkey/testing';
import { load, placesOf, routeOf } from '../../test-support/load.ts';
import type { LoadedUpstreams, TlsFiles } from '../index.ts';

const secure = (...options: string[]) => withOptions(...options).replace('http://', 'https://');
const tls = { serverName: 'mesh.internal', files: { ca_file: '/env/ca.pem' } };
const defaults = { ...noDefaultRules, groups: ['everyone'], tls };

describe('files and the name for TLS', () => {
  test('are those of the environment where the file says nothing, and an empty one takes a default away', () => {
    expect(routeOf(secure(), { defaults }).tls).toEqual(tls);
    expect(routeOf(secure('ca_file: ""', 'server_name: ""'), { defaults }).tls).toEqual({ files: {} });
    expect(routeOf(secure('ca_file: /own.pem', 'server_name: wiki'), { defaults }).tls).toEqual({
      serverName: 'wiki',
      files: { ca_file: '/own.pem' },
    });
  });

  test('a certificate and its key come together', () => {
    expect(placesOf(load(secure('client_cert_file: /a.pem')))).toEqual(['LK315 6:25']);
    expect(placesOf(load(secure('client_key_file: /a.key')))).toEqual(['LK315 6:24']);
    expect(placesOf(load(secure('client_cert_file: /a.pem', 'client_key_file: /a.pem')))).toEqual([]);
  });

  test('have no effect where nothing is secured, and only what the file itself says is warned of', () => {
    expect(placesOf(load(withOptions('ca_file: /a.pem', 'server_name: wiki')))).toEqual([
      'LK316 6:16',
      'LK316 7:20',
    ]);
    expect(placesOf(load(withOptions(), { defaults }))).toEqual([]);
  });

  test.each(['https://wiki', 'wiki:443', '10.0.0.1', 'wiki/a', '"::1"'])(
    '%s is no name of a server',
    (name) => {
      expect(placesOf(load(secure(`server_name: ${name}`)))).toEqual(['LK222 6:20']);
    },
  );

  test('what is found in a file is reported where it is named, and under the variable that names it', () => {
    const asked: TlsFiles[] = [];
    const lookAtFiles = (files: TlsFiles) => {
      asked.push(files);
      return [
        { kind: 'unusable' as const, option: 'ca_file' as const, message: 'cannot be read' },
        { kind: 'readable' as const, option: 'client_key_file' as const, message: 'may be read by all' },
        { kind: 'over' as const, option: 'client_cert_file' as const, message: 'holds one that is over' },
      ];
    };
    const text = secure('client_cert_file: /a.pem', 'client_key_file: /a.key');
    const { table, diagnostics } = load(text, { defaults, lookAtFiles });
    expect(table).toBeUndefined();
    expect(asked).toEqual([
      { ca_file: '/env/ca.pem', client_cert_file: '/a.pem', client_key_file: '/a.key' },
    ]);
    expect(diagnostics).toMatchObject([
      {
        code: 'LK313',
        severity: 'error',
        line: 3,
        message: 'UPSTREAM_DEFAULT_CA_FILE: "/env/ca.pem" cannot be read',
      },
      { code: 'LK317', severity: 'warning', message: '`client_cert_file`: "/a.pem" holds one that is over' },
      {
        code: 'LK314',
        severity: 'warning',
        line: 7,
        column: 24,
        message: '`client_key_file`: "/a.key" may be read by all',
      },
    ]);
  });
});

function leadsTo(address: string): LoadedUpstreams {
  return load(
    `- service: wiki\n  default:\n    from: ^(.*)[.]example[.]com$\n    type: rewrite\n    to: ${address}\n`,
  );
}

describe('a Unix socket', () => {
  test.each(['unix:/run/app.sock', 'unix:///run/app.sock'])('%s leads to the socket', (address) => {
    const { table } = leadsTo(address);
    expect(table?.match('a.example.com', undefined)?.target).toMatchObject({
      origin: 'http://localhost',
      socketPath: '/run/app.sock',
    });
  });

  test.each(['unix:run/app.sock', '"unix:"', 'unix:/run/app.sock?x=1', `unix:/${'x'.repeat(107)}`])(
    '%s is refused',
    (address) => {
      expect(placesOf(leadsTo(address))).toEqual(['LK306 5:9']);
    },
  );

  test('is not chosen by a host name', () => {
    expect(leadsTo('unix:/run/$1.sock').diagnostics).toMatchObject([
      { code: 'LK306', message: expect.stringContaining('a host name may not choose') },
    ]);
  });
});
