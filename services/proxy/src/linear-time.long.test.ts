import { noDeviceTrust } from '@latchkey/access';
import { makeAwsToken } from '@latchkey/access';
import { mayControlOwnPaths } from '@latchkey/admission';
import { deriveKeys, isOwnCookie } from '@latchkey/session';
import { createLog } from '@latchkey/telemetry';
import { aRequest, aRoute } from '@latchkey/testing';
import { testLinearTime } from '@latchkey/testing/linear-time';
import { Writable } from 'node:stream';
import { readPresigned } from './authn/aws-role/presigned.ts';
import { framed } from './outgoing/framing.ts';
import { hopByHop } from './outgoing/hop-by-hop.ts';
import { requestHeaders, requestPlan } from './outgoing/request-headers.ts';
import { createAddresses } from './sign-in/addresses.ts';

const request = aRequest();
const addresses = createAddresses({
  externalUrl: new URL('https://sso.example.com'),
  clientId: 'proxy',
  secure: true,
  keys: deriveKeys(['secret'], 'return address'),
  isShared: () => true,
  lifetimeMs: 1,
  now: Date.now,
});
const log = createLog({
  service: 'test',
  level: 'info',
  destination: new Writable({ write: (_chunk, _encoding, done) => done() }),
});

testLinearTime([
  // headers on their way to an application
  ['Connection', (text) => hopByHop(['Connection', text])],
  ['the length of a body', (text) => framed(['Content-Length', text], 'POST', undefined)],
  [
    'the script of a service worker',
    (text) => mayControlOwnPaths(`/${text}`, { 'service-worker': 'script' }),
  ],
  [
    'the headers of a request',
    (text) =>
      requestHeaders({
        rawHeaders: ['Cookie', text, 'Connection', 'x-other'],
        request,
        requestId: 'id',
        scheme: 'https',
        upstreamHost: 'app',
        plan: requestPlan(aRoute()),
        isPreflight: false,
        deviceTrust: noDeviceTrust,
        identity: undefined,
        isOwnCookie: (name) => isOwnCookie(name, '_sso_proxy'),
      }),
  ],
  // a token
  ['a request to STS', (text) => readPresigned(makeAwsToken(`https://sts.a/?${text}`, text))],
  // what is said about it
  [
    'a link to sign in',
    (text) => addresses.signIn({ ...request, target: `/${text}` }, ['google'], 'no_session'),
  ],
  [
    'where a link of ours leads',
    (text) => addresses.ownTarget(request, new URLSearchParams({ redirect_uri: text })),
  ],
  ['a log line', (text) => log.info({ path: text, host: text }, 'request')],
]);
