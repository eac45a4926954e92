import { sealData } from 'iron-session';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@latchkey/testing/ports';
import { startApache } from './apache.ts';
import { startConnected } from './connector.ts';
import type { Installation } from './installation.ts';
import { hosts, service, startLatchkey } from './latchkey.ts';
import type { Target } from './load.ts';
import { authRequestBlock, relayBlock, startNginx } from './nginx.ts';
import { cookieFile, signedIn } from './people.ts';
import { isInstalled, startNode } from './processes.ts';
import type { Listening } from './processes.ts';
import { benchCookie } from './servers/session.ts';

/** A server that is compared, and what it is sent. */
export type Contestant = Omit<Target, 'path'> & {
  readonly name: string;
  readonly processes: readonly Listening[];
};

/** Starts one; undefined where what it takes is not installed. */
export type Start = (installation: Installation) => Promise<Contestant | undefined>;

/** What everything is compared with. */
const relay: Start = async function startRelay({ dir, originPort }) {
  const listening = await startNode('server', 'relay', { dir, args: [`http://127.0.0.1:${originPort}`] });
  return contestant('undici relay', listening, { Host: hosts.open });
};

const relayRequest: Start = async function startRelayRequest({ dir, originPort }) {
  const args = [`http://127.0.0.1:${originPort}`];
  const listening = await startNode('server', 'relay-request', { dir, args });
  return contestant('undici request and pipeline', listening, { Host: hosts.open });
};

const express: Start = async function startExpress({ dir, originPort }) {
  const listening = await startNode('server', 'express', { dir, args: [`http://127.0.0.1:${originPort}`] });
  return contestant('express + http-proxy-middleware', listening, { Host: hosts.open });
};

const expressUnseal: Start = async function startExpressUnseal({ dir, originPort, secrets }) {
  const args = [`http://127.0.0.1:${originPort}`];
  const listening = await startNode('server', 'express', { dir, args, env: secrets });
  const headers = { Host: hosts.app, Cookie: await benchSession(secrets.BENCH_PASSWORD) };
  return contestant('the same + unseal', listening, headers);
};

const nginx: Start = async function startPlainNginx({ dir, originPort }) {
  if (!isInstalled('nginx')) return undefined;
  const port = await freePort();
  const http = relayBlock({ port, originPort });
  const listening = await startNginx('server', { dir, name: 'nginx', port, http });
  return contestant('nginx', listening, { Host: hosts.open });
};

const nginxAuthRequest: Start = async function startNginxAuthRequest({ dir, originPort, secrets }) {
  if (!isInstalled('nginx')) return undefined;
  const port = await freePort();
  const session = await startNode('server', 'auth-request', { dir, env: secrets });
  const http = authRequestBlock({ port, originPort, askPort: session.port });
  const listening = await startNginx('server', { dir, name: 'nginx-auth-request', port, http });
  const headers = { Host: hosts.app, Cookie: await benchSession(secrets.BENCH_PASSWORD) };
  const { processes, ...rest } = contestant('nginx + auth_request to Node', listening, headers);
  return { ...rest, processes: [...processes, session] };
};

const apacheOpenIdConnect: Start = async function startOpenIdConnect(installation) {
  const apache = await startApache(installation);
  return apache && contestant('Apache + mod_auth_openidc', apache.listening, apache.headers);
};

const latchkeyPublic: Start = async function startLatchkeyPublic(installation) {
  const gate = await startLatchkey('public', installation);
  return contestant('Latchkey, public path', gate, { Host: hosts.open });
};

/** What the gate with everything on is called: session, decision, identity headers, assertion, access log. */
export const everythingOn = 'Latchkey, session';

const latchkeySession: Start = (installation) => withSession(everythingOn, hosts.app, installation);

const latchkeySigned: Start = (installation) =>
  withSession('Latchkey, session and Gap-Signature', hosts.signed, installation);

const latchkeyRules: Start = (installation) =>
  withSession('Latchkey, session and three rules', hosts.ruled, installation);

const latchkeySigv4: Start = (installation) =>
  withSession('Latchkey, session and SigV4', hosts.aws, installation);

/** The same by a connector, whose processor time and memory count with those of the gate. */
const latchkeyConnector: Start = async function startLatchkeyConnector(installation) {
  const { gate, connector } = await startConnected(installation);
  const host = hosts.reached;
  const [Cookie = ''] = await signedIn(1, installation, { gate, host });
  const { processes, ...rest } = contestant('Latchkey, session, by a connector', gate, {
    Host: host,
    Cookie,
  });
  return { ...rest, processes: [...processes, connector] };
};

const latchkeyCrowd: Start = async function startLatchkeyCrowd(installation) {
  const name = 'Latchkey, 1 000 sessions';
  const gate = await startLatchkey('crowd', installation);
  const cookies = await signedIn(1_000, installation, { gate, host: hosts.app });
  const file = cookieFile(cookies, `${gate.output}.cookies`);
  return { ...contestant(name, gate, { Host: hosts.app }), cookieFile: file };
};

/** What the gate does for a program with a token of an issuer of its own. */
const latchkeyToken: Start = async function startLatchkeyToken(installation) {
  const file = join(installation.dir, 'keys.json');
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  writeFileSync(file, JSON.stringify({ keys: [await exportJWK(publicKey)] }));
  const issuer = 'https://idp.bench.example';
  const token = await new SignJWT({ scope: 'read write' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience('api')
    .setSubject('nightly-report')
    .setExpirationTime('1 day')
    .sign(privateKey);
  const app = service('app', installation.originPort, 'bearer: true, allowed_scopes: [read]');
  const text = `issuers: [{ issuer: '${issuer}', audiences: [api], jwks_file: ${file} }]\nservices:\n${app}`;
  const gate = await startLatchkey('token', installation, text);
  return contestant('Latchkey, token', gate, { Host: hosts.app, Authorization: `Bearer ${token}` });
};

/** All that are compared, the one first that the others are measured by. */
export const everyone: readonly Start[] = [
  relay,
  relayRequest,
  express,
  expressUnseal,
  nginx,
  nginxAuthRequest,
  apacheOpenIdConnect,
  latchkeyPublic,
  latchkeySession,
  latchkeyConnector,
  latchkeyToken,
  latchkeyCrowd,
  latchkeySigned,
  latchkeyRules,
  latchkeySigv4,
];

/** Those that a first look takes. */
export const few: readonly Start[] = [relay, latchkeyPublic, latchkeySession];

/** Those that WebSocket messages go through, the one first that the other is measured by. */
export const forWebSockets: readonly Start[] = [
  async function startMiddleware({ dir, echoPort }) {
    const listening = await startNode('server', 'express', { dir, args: [`http://127.0.0.1:${echoPort}`] });
    return contestant('http-proxy-middleware', listening, { Host: hosts.live });
  },
  async function startGate(installation) {
    const gate = await startLatchkey('live', installation);
    // Signed in at the application that answers requests, too.
    const [Cookie = ''] = await signedIn(1, installation, { gate, host: hosts.app });
    const headers = { Host: hosts.live, Origin: `http://${hosts.live}`, Cookie };
    return contestant(everythingOn, gate, headers);
  },
];

async function withSession(name: string, host: string, installation: Installation): Promise<Contestant> {
  const gate = await startLatchkey(host, installation);
  const [Cookie = ''] = await signedIn(1, installation, { gate, host });
  return contestant(name, gate, { Host: host, Cookie });
}

function contestant(
  name: string,
  listening: Listening,
  headers: Readonly<Record<string, string>>,
): Contestant {
  return { name, port: listening.port, headers, processes: [listening] };
}

async function benchSession(password: string): Promise<string> {
  return `${benchCookie}=${await sealData({ user: 'person0' }, { password, ttl: 0 })}`;
}
