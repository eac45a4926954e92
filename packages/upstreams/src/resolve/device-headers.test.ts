import { describe, expect, test } from '@jest/globals';
import { load, placesOf, tableOf } from '../../test-support/load.ts';

function file(deviceHeaders: string, ...options: readonly string[]): string {
  return `device_headers: ${deviceHeaders}
services:
  - service: wiki
    default:
      from: wiki.example.com
      to: http://wiki.internal
      options:
        allowed_groups: [eng]
${options.map((option) => `        ${option}\n`).join('')}`;
}

describe('headers about devices', () => {
  test('are facts of rules and go with each route, in lower case', () => {
    const rule = `policy: [{name: managed, deny_if: device.managed != "true"}]`;
    const { root, routes } = tableOf(file('{managed: X-Device-Managed, cert: Cf-Client-Cert-Sha256}', rule));

    expect(root.deviceHeaders).toEqual(
      new Map([
        ['managed', 'x-device-managed'],
        ['cert', 'cf-client-cert-sha256'],
      ]),
    );
    expect(routes[0]?.deviceHeaders).toEqual(new Set(['x-device-managed', 'cf-client-cert-sha256']));
  });

  test.each([
    ['a name that no rule could write', '{Managed: X-Managed}', ['LK519 1:18']],
    ['a name of a fact that there is', '{subject: X-Subject}', ['LK519 1:18']],
    ['a list', '{managed: [X-Managed]}', ['LK519 1:27']],
    ['no mapping', '[X-Managed]', ['LK203 1:17']],
    ['no name of a header', '{managed: X Managed}', ['LK519 1:27']],
    ['a name that applications of CGI take for another', '{managed: X_Managed}', ['LK519 1:27']],
    ['one header for two facts', '{managed: X-Managed, id: x-managed}', ['LK519 1:42']],
    ...[
      'Connection',
      'Host',
      'Transfer-Encoding',
      'Cookie',
      'Authorization',
      'Proxy-Authorization',
      'X-Forwarded-For',
      'X-Forwarded-Email',
      'X-Latchkey-Jwt-Assertion',
      'X-Jwt-Subject',
      'X-Request-Id',
      'Gap-Signature',
      'X-Amzn-Mtls-Clientcert-Subject',
      'User-Agent',
      'Origin',
      'Content-Type',
      'Sec-Fetch-Mode',
      'X-HTTP-Method-Override',
      'X-Amz-Date',
    ].map((name): [string, string, string[]] => [name, `{managed: ${name}}`, ['LK519 1:27']]),
  ])('are refused: %s', (_, written, places) => {
    expect(placesOf(load(file(written)))).toEqual(places);
  });

  test.each([
    ['as a header of its own', 'inject_request_headers: {x_device_managed: "true"}'],
    ['for its assertions', 'assertion_header: X-Device-Managed'],
  ])('are not what a route sets %s', (_, option) => {
    expect(placesOf(load(file('{managed: X-Device-Managed}', option)))).toEqual(['LK519 5:13']);
  });

  test('a fact that is none has its place in the expression, unless it may be one that cannot be read', () => {
    const rule = `policy: [{name: managed, deny_if: device.manged != "true"}]`;

    expect(load(file('{managed: X-Device-Managed}', rule)).diagnostics).toMatchObject([
      { code: 'LK332', line: 9, column: 50, message: expect.stringContaining('write `device.managed`') },
    ]);
    expect(placesOf(load(file('{manged: Cookie}', rule)))).toEqual(['LK519 1:26']);
  });
});
