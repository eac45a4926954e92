// "I have credentials of AWS, or none, and I know how your tokens look." Each of these would let in somebody who does not work in
// a role of the file, have the proxy call a server of the attacker, or have it call STS without end.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { makeAwsToken } from '@latchkey/access';
import type { ServerResponse } from 'node:http';
import { sendRaw } from '../fixtures/raw-request.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';
import { answerFor, awsToken, presign, startSts } from '../fixtures/sts.ts';
import type { AwsCaller, FakeSts } from '../fixtures/sts.ts';

const arn = 'arn:aws:sts::111122223333:assumed-role/app2/session';

let sts: FakeSts;
let stack: Stack;
let app2: AwsCaller;
let elapsed = 0;

beforeAll(async () => {
  sts = await startSts();
  app2 = sts.assume(arn);
  stack = await startStack({
    proxyEnv: { AWS_ENDPOINT_URL_STS: sts.url },
    elapsed: () => elapsed,
    upstreams: `
service_accounts:
  - {name: app2, aws_role: 'arn:aws:iam::111122223333:role/app2'}
services:
  - service: orders
    default: {from: orders.latchkey.localhost, to: '{{app}}', options: {bearer: true, allowed_clients: [app2]}}
  - service: stock
    default: {from: stock.latchkey.localhost, to: '{{app}}', options: {bearer: true, allowed_clients: [app2]}}
`,
  });
});
afterEach(() => {
  expect(stack.app.received).toEqual([]);
  stack.app.received.length = 0;
  sts.answer = undefined;
  sts.forget();
  elapsed += 60_000;
});
afterAll(() => sts.close());

async function ask(token: string, service = 'orders'): Promise<number> {
  const { proxy: port } = stack.ports;
  const host = `${service}.latchkey.localhost:${port}`;
  const lines = [`Host: ${host}`, `Authorization: Bearer ${token}`, 'Connection: close'];
  return (await sendRaw(port, `GET / HTTP/1.1\n${lines.join('\n')}\n\n`)).status;
}

const origin = (service = 'orders') => `http://${service}.latchkey.localhost:${stack.ports.proxy}`;
const signed = (changed: Parameters<typeof presign>[2] = {}) => awsToken(app2, origin(), changed);
const forged = (number: number) => awsToken({ ...app2, secret: `guess ${number}` }, origin());
let lasts = 200;
/** A token that nobody has shown before. */
const fresh = () => signed({ query: { 'X-Amz-Expires': String((lasts += 1)) } });
/** A token in which something stands otherwise than it was signed. */
const edited = (edit: (url: string) => string) => makeAwsToken(edit(presign(app2, origin())), origin());

test('the token that all of these are made from is good', async () => {
  expect(await ask(signed())).toBe(200);
  stack.app.received.length = 0;
});

test.each<[string, () => string]>([
  ['for another application', () => awsToken(app2, origin('stock'))],
  ['for nobody', () => awsToken(app2, '')],
  ['for an application by a longer name', () => awsToken(app2, `${origin()}/`)],
  ['whose audience is not signed', () => signed({ signed: 'host' })],
  ['in which more is signed', () => signed({ signed: 'accept;host;x-latchkey-audience' })],
  ['whose host is not signed', () => signed({ signed: 'x-latchkey-audience' })],
  ['for another host', () => signed({ host: 'evil.example' })],
  ['for a host that begins like STS', () => signed({ host: 'sts.eu-central-1.amazonaws.com.evil.example' })],
  ['for STS with a port', () => signed({ host: 'sts.eu-central-1.amazonaws.com:8443' })],
  ['for STS with a user', () => signed({ host: 'x@sts.eu-central-1.amazonaws.com' })],
  ['for STS of all regions', () => signed({ host: 'sts.amazonaws.com', region: 'us-east-1' })],
  ['for STS in another region than the signature', () => signed({ host: 'sts.eu-west-1.amazonaws.com' })],
  ['for a region that there is not', () => signed({ region: 'x' })],
  ['for a region that leads elsewhere', () => signed({ region: 'evil.example/eu-central-1' })],
  ['over plain HTTP', () => edited((url) => url.replace('https:', 'http:'))],
  ['with another path', () => edited((url) => url.replace('/?', '/x?'))],
  ['for another action', () => signed({ query: { Action: 'AssumeRole' } })],
  ['for another version', () => signed({ query: { Version: '2011-06-16' } })],
  ['by another algorithm', () => signed({ query: { 'X-Amz-Algorithm': 'AWS4-ECDSA-P256-SHA256' } })],
  ['with more in the query', () => signed({ query: { RoleArn: 'x' } })],
  ['with two actions', () => edited((url) => `${url}&Action=GetCallerIdentity`)],
  ['with two actions, one of them encoded', () => edited((url) => `${url}&%41ction=AssumeRole`)],
  ['with one parameter in place of another', () => edited((url) => url.replace('Version=', 'Action='))],
  ['without a token of a session', () => edited((url) => url.replace(/&X-Amz-Security-Token=[^&]*/, ''))],
  ['with an empty one', () => signed({ query: { 'X-Amz-Security-Token': '' } })],
  ['with one that breaks a line', () => signed({ query: { 'X-Amz-Security-Token': 'a\r\nHost: x' } })],
  ['of an hour ago', () => signed({ at: Date.now() - 3_600_000 })],
  ['whose five minutes are over', () => signed({ at: Date.now() - 301_000 })],
  ['of tomorrow', () => signed({ at: Date.now() + 86_400_000 })],
  ['of a day that there is not', () => signed({ query: { 'X-Amz-Date': '20261350T120000Z' } })],
  [
    'by a key of another day',
    () =>
      signed({ query: { 'X-Amz-Credential': `${app2.accessKeyId}/20200101/eu-central-1/sts/aws4_request` } }),
  ],
  ['that lasts an hour', () => signed({ query: { 'X-Amz-Expires': '3600' } })],
  ['that lasts 999 seconds', () => signed({ query: { 'X-Amz-Expires': '999' } })],
  ['that lasts no time', () => signed({ query: { 'X-Amz-Expires': '0' } })],
  ['for another service of AWS', () => edited((url) => url.replace('%2Fsts%2F', '%2Fs3%2F'))],
  ['with a signature that is none', () => edited((url) => url.slice(0, -1))],
  ['with a second audience', () => edited((url) => `${url}#https://x`)],
  ['with what is no encoding', () => edited((url) => url.replace('%2F', '%'))],
  ['that is empty', () => 'lk-aws-v1.'],
  [
    'of many parameters',
    () => makeAwsToken(`https://sts.eu-central-1.amazonaws.com/?${'a&'.repeat(2_500)}`, ''),
  ],
  ['that is huge', () => signed({ query: { 'X-Amz-Security-Token': 'a'.repeat(9_000) } })],
])('a request %s lets nobody in, and STS is not asked', async (_, make) => {
  expect(await ask(make())).toBe(401);
  expect(sts.asked).toEqual([]);
});

test.each<[string, () => string]>([
  ['of somebody without credentials', () => awsToken({ ...app2, secret: 'guessed' }, origin())],
  ['by credentials that are over', () => awsToken({ ...app2, token: 'other' }, origin())],
  ['that was signed for another application', () => signed({ audience: origin('stock') })],
  ['whose time was moved', () => edited((url) => url.replace('Expires=300', 'Expires=301'))],
  ['of a user', () => awsToken(sts.assume('arn:aws:iam::111122223333:user/app2'), origin())],
  ['of the root of the account', () => awsToken(sts.assume('arn:aws:iam::111122223333:root'), origin())],
  ['of a role in another account', () => awsToken(sts.assume(arn.replace('1111', '4444')), origin())],
  ['of a role in another partition', () => awsToken(sts.assume(arn.replace('aws', 'aws-cn')), origin())],
  ['of a role by a longer name', () => awsToken(sts.assume(arn.replace('app2', 'app22')), origin())],
  ['of a role in other letters', () => awsToken(sts.assume(arn.replace('app2', 'App2')), origin())],
  [
    'of a session that is called like a role',
    () => awsToken(sts.assume('arn:aws:sts::111122223333:assumed-role/other/app2'), origin()),
  ],
  [
    'of a user of a federation',
    () => awsToken(sts.assume(arn.replace('assumed-role', 'federated-user')), origin()),
  ],
])('a request %s lets nobody in, and STS is asked once', async (_, make) => {
  const token = make();
  expect([await ask(token), await ask(token)]).toEqual([401, 401]);
  expect(sts.asked).toHaveLength(1);
});

const json = (body: unknown) => (res: ServerResponse) => void res.end(JSON.stringify(body));

test.each<[string, (res: ServerResponse) => void]>([
  [
    'in XML',
    (res) => void res.end(`<GetCallerIdentityResponse><Arn>${arn}</Arn></GetCallerIdentityResponse>`),
  ],
  ['in a comment of XML', (res) => void res.end(`<!-- ${JSON.stringify(answerFor(arn))} -->`)],
  ['that is huge', (res) => void res.end(JSON.stringify(answerFor(arn)).padEnd(300_000))],
  ['that is nothing', (res) => void res.end()],
  ['that names somebody at another place', json({ Arn: arn })],
  ['that names a list', json(answerFor([arn] as unknown as string))],
  ['that leads elsewhere', (res) => void res.writeHead(307, { location: `${sts.url}/?x` }).end()],
  ['that breaks off', (res) => void res.destroy()],
  [
    'with too many requests',
    (res) => void res.writeHead(400).end('{"Error":{"Code":"ThrottlingException"}}'),
  ],
])('an answer of STS %s proves nothing', async (_, answer) => {
  sts.answer = answer;
  expect(await ask(fresh())).toBe(503);
  expect(sts.asked).toHaveLength(1);
});

test('who sends one forged request after another has STS asked twenty times in a minute', async () => {
  const statuses: number[] = [];
  for (let number = 0; number < 25; number += 1) statuses.push(await ask(forged(number)));
  expect(statuses).toEqual([...Array<number>(20).fill(401), ...Array<number>(5).fill(503)]);
  expect(sts.asked).toHaveLength(20);
  elapsed += 60_000;
  expect(await ask(fresh())).toBe(200);
  stack.app.received.length = 0;
});

test('who sends many at once has STS asked eight times at once', async () => {
  const held: ServerResponse[] = [];
  const { promise: full, resolve } = Promise.withResolvers<void>();
  sts.answer = (res) => {
    if (held.push(res) === 8) resolve();
  };
  const first = Array.from({ length: 8 }, (_, number) => ask(forged(number)));
  await full;
  expect(await ask(forged(9))).toBe(503);
  expect(sts.asked).toHaveLength(8);
  for (const res of held) res.writeHead(403).end();
  expect(await Promise.all(first)).toEqual(Array<number>(8).fill(401));
});
