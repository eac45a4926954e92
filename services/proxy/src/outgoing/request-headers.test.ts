import { noDeviceTrust } from '@latchkey/access';
import { describe, expect, test } from '@jest/globals';
import { identityHeaders } from '@latchkey/identity';
import { aRequest, aRoute } from '@latchkey/testing';
import { requestHeaders, requestPlan } from './request-headers.ts';
import type { RequestHeaderInput } from './request-headers.ts';

const request = aRequest({ forwardedFor: '203.0.113.9, 10.0.0.1', forwardedProto: 'https' });

const input: RequestHeaderInput = {
  rawHeaders: [],
  request,
  requestId: 'an-id',
  scheme: 'https',
  upstreamHost: '127.0.0.1:4200',
  plan: requestPlan(aRoute()),
  identity: identityHeaders({ user: 'ada', email: 'ada@example.com', groups: ['staff', 'makers'] }).flat(),
  isPreflight: false,
  deviceTrust: noDeviceTrust,
  isOwnCookie: (name) => name === '_sso_proxy',
};

const transport = [
  ['Host', '127.0.0.1:4200'],
  ['X-Forwarded-Host', 'wiki.example.com'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Port', '443'],
  ['X-Forwarded-For', '203.0.113.9, 10.0.0.1'],
  ['X-Request-Id', 'an-id'],
];
const identity = [
  ['X-Forwarded-User', 'ada'],
  ['X-Forwarded-Email', 'ada@example.com'],
  ['X-Forwarded-Groups', 'staff,makers'],
];

/** The flat list in pairs. */
function pairs(flat: readonly string[]): string[][] {
  return Array.from({ length: flat.length / 2 }, (_, at) => flat.slice(2 * at, 2 * at + 2));
}

function sent(changes: Partial<RequestHeaderInput>): string[][] {
  return pairs(requestHeaders({ ...input, ...changes }));
}

describe('what we say', () => {
  test('is where the request came from and who asks', () => {
    expect(sent({})).toEqual([...transport, ...identity]);
  });

  test('is nothing about any person on a public path', () => {
    expect(sent({ identity: undefined })).toEqual(transport);
  });

  test.each([
    ['https', undefined, '443'],
    ['http', undefined, '80'],
    ['https', 8443, '8443'],
    ['http', 443, '443'],
  ] as const)('of %s at port %s is that scheme, and port %s', (scheme, written, port) => {
    const headers = sent({ scheme, request: { ...request, port: written } });

    expect(headers).toContainEqual(['X-Forwarded-Proto', scheme]);
    expect(headers).toContainEqual(['X-Forwarded-Port', port]);
  });

  test('names the host with the port that the caller wrote', () => {
    const withPort = { ...request, port: 8443 };
    const preserved = aRoute({ preserveHost: true });

    expect(sent({ request: withPort })).toContainEqual(['X-Forwarded-Host', 'wiki.example.com:8443']);
    expect(sent({ request: withPort, plan: requestPlan(preserved) })[0]).toEqual([
      'Host',
      'wiki.example.com:8443',
    ]);
  });
});

describe('what the caller sent', () => {
  test('travels on as it was spelled, in its order and as often as it came', () => {
    const rawHeaders = [
      'ACCEPT',
      '*/*',
      'x-One',
      '1',
      'Content-Length',
      '3',
      'x-one',
      '2',
      'Authorization',
      'Bearer x',
    ];

    expect(sent({ rawHeaders }).slice(0, 5)).toEqual(pairs(rawHeaders));
  });

  test.each([
    ['Host', 'evil.example'],
    ['HOST', 'evil.example'],
    ['Expect', '100-continue'],
    ['Connection', 'keep-alive'],
    ['Keep-Alive', 'timeout=5'],
    ['Proxy-Authorization', 'Basic x'],
    ['TE', 'trailers'],
    ['Trailer', 'X-One'],
    ['Transfer-Encoding', 'chunked'],
    ['Upgrade', 'h2c'],
    ['X-Forwarded-User', 'evil'],
    ['x-forwarded-user', 'evil'],
    ['X_Forwarded_User', 'evil'],
    ['X.Forwarded.Email', 'evil'],
    ['x-FORWARDED_groups', 'admins'],
    ['X-Forwarded-Access-Token', 'evil'],
    ['X-Forwarded-Prefix', '/evil'],
    ['X-Forwarded-Uri', '/public'],
    ['Forwarded', 'for=evil'],
    ['X-Real-Ip', '10.0.0.1'],
    ['X_Request_Id', 'evil'],
    ['Gap-Signature', 'evil'],
    ['Sso_Signature', 'evil'],
    ['KID', 'evil'],
    ['X-Latchkey-Jwt-Assertion', 'evil'],
    ['X-Amzn-Mtls-Clientcert', 'evil'],
    ['X-Amzn-Mtls-Clientcert-Subject', 'CN=evil'],
  ])('%s: %s stays behind, with and without a person', (name, value) => {
    const rawHeaders = [name, value];

    expect(sent({ rawHeaders })).toEqual([...transport, ...identity]);
    expect(sent({ rawHeaders, identity: undefined })).toEqual(transport);
  });

  test.each([
    ['a header of its own', 'X-One', ['X-One', '1']],
    ['a header in another letter case', 'x-oNE', ['X-One', '1']],
    ['its cookies', 'cookie', ['Cookie', 'a=1']],
  ])('ends here where Connection lists it: %s', (_, listed, header) => {
    expect(sent({ rawHeaders: [...header, 'Connection', listed] })).toEqual([...transport, ...identity]);
  });

  test.each([
    ['X-Forwarded-User'],
    ['x-forwarded-email, X-Forwarded-Groups, X-Forwarded-For'],
    ['Host, X-Request-Id, X-Forwarded-Proto'],
  ])('cannot have ours removed by listing it: %s', (listed) => {
    expect(sent({ rawHeaders: ['connection', listed] })).toEqual([...transport, ...identity]);
  });
});

describe('what the load balancer says of the certificate of a device', () => {
  test.each(['Subject', 'Issuer', 'Serial-Number', 'Validity', 'Leaf'])('travels on: %s', (part) => {
    const header = [`X-Amzn-Mtls-Clientcert-${part}`, 'CN=laptop-7'];

    expect(sent({ rawHeaders: header, deviceTrust: { headers: true, certificate: true } })).toContainEqual(
      header,
    );
  });

  test.each([
    'X-Amzn-Mtls-Clientcert',
    'X-Amzn-Mtls-Clientcert-Whatever-Comes',
    'X_Amzn_Mtls_Clientcert_Subject',
    'X-Amzn-Mtls-Clientcert_Subject',
  ])('is not what it passes on without having set it: %s', (name) => {
    expect(
      sent({ rawHeaders: [name, 'CN=evil'], deviceTrust: { headers: true, certificate: true } }),
    ).toEqual([...transport, ...identity]);
  });
});

describe('cookies', () => {
  test.each([
    ['the others stay', '_sso_proxy=x; a=1; b=2', ['a=1; b=2']],
    ['nothing stays, and no empty header', '_sso_proxy=x', []],
  ])('ours go, %s', (_, cookie, kept) => {
    for (const name of ['Cookie', 'cookie', 'COOKIE']) {
      expect(sent({ rawHeaders: [name, cookie] })).toEqual([
        ...kept.map((value) => ['Cookie', value]),
        ...transport,
        ...identity,
      ]);
    }
  });

  test('ours go from each of several headers, which become one', () => {
    const rawHeaders = ['Cookie', 'a=1; _sso_proxy=x', 'cookie', '_sso_proxy=y; b=2'];

    expect(sent({ rawHeaders, identity: undefined })[0]).toEqual(['Cookie', 'a=1; b=2']);
  });
});

describe('headers that the operator injects', () => {
  const route = aRoute({ injectRequestHeaders: [['X-Api-Key', 'secret']] });
  const plan = requestPlan(route);

  test('come before who asks', () => {
    expect(sent({ plan })).toEqual([...transport, ['X-Api-Key', 'secret'], ...identity]);
  });

  test.each(['X-Api-Key', 'x-api-key', 'X_API_KEY', 'X.Api.Key'])(
    'replace what the caller sent as %s',
    (name) => {
      expect(sent({ plan, rawHeaders: [name, 'evil'] })).toEqual([
        ...transport,
        ['X-Api-Key', 'secret'],
        ...identity,
      ]);
    },
  );

  test('are not for public paths, and neither is what the caller sent in their place', () => {
    expect(sent({ plan, rawHeaders: ['X_Api_Key', 'evil'], identity: undefined })).toEqual(transport);
  });

  test.each(['X-Forwarded-User', 'x_forwarded_groups', 'Kid'])('cannot be %s', (name) => {
    const reserved = { ...route, injectRequestHeaders: [[name, 'admin']] as const };

    expect(sent({ plan: requestPlan(reserved) })).toEqual([...transport, ...identity]);
  });
});

describe('the header of assertions', () => {
  const plan = requestPlan(aRoute({ assertionHeader: { name: 'Authorization', scheme: 'Bearer' } }));
  const sentIn = ['Authorization', 'authorization', 'X-Latchkey-Jwt-Assertion', 'x_latchkey_jwt_assertion'];

  test.each(sentIn)('never holds what the caller sent as %s, on a public path neither', (name) => {
    expect(sent({ plan, rawHeaders: [name, 'Bearer forged'] })).toEqual([...transport, ...identity]);
    expect(sent({ plan, rawHeaders: [name, 'Bearer forged'], identity: undefined })).toEqual(transport);
  });

  test('leaves an application its own Authorization where a route says nothing of it', () => {
    const rawHeaders = ['Authorization', 'Basic YTpi'];
    expect(sent({ rawHeaders })).toContainEqual(['Authorization', 'Basic YTpi']);
  });
});
