// Attack: I ask for a certificate for SSH with a key that is none, without a session or from a page of another site.
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { userKeyTexts } from '@latchkey/identity';
import { readSshCertificate } from '@latchkey/testing/ssh-certificate';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useStack } from '../fixtures/use-stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-ssh-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'authority');
const authority = userKeyTexts(generateKeyPairSync('ed25519').privateKey);
writeFileSync(file, authority.file, { mode: 0o600 });

let later = 0;
afterEach(() => void (later = 0));

const the = useStack({
  now: () => Date.now() + later,
  authEnv: { SESSION_LIFETIME: '1h' },
  upstreams: `
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: bastion
  default:
    from: bastion.latchkey.localhost
    to: tcp://127.0.0.1:1
    options: {allowed_email_domains: [example.com], ssh_certificate: {ca_key_file: '${file}', principals: ['{user}']}}
`,
});

const mine = userKeyTexts(generateKeyPairSync('ed25519').privateKey).publicLine;
const url = () => the.stack.url('bastion', '/oauth2/ssh-certificate');
const asked = (public_key: unknown, type = 'application/json') => ({
  method: 'POST',
  body: JSON.stringify({ public_key }),
  headers: { 'content-type': type },
});

test('a person who may gets one, and the key of the authority is in no answer and no line', async () => {
  const browser = await the.signedIn();
  const { status, body } = await browser.fetch(url(), asked(mine));
  expect([status, JSON.parse(body)]).toMatchObject([200, { principals: ['engineer'] }]);
  expect(the.stack.logText() + body).not.toContain(authority.file.split('\n')[2]);
});

test.each([
  ['after five minutes', 0, 300],
  ['with the session, where that ends in less', 3_540_000, 60],
])('it ends %s', async (_, passed, seconds) => {
  const browser = await the.signedIn();
  later = passed;
  const { body } = await browser.fetch(url(), asked(mine));
  const now = (Date.now() + later) / 1000;
  const { certificate, expires_at } = JSON.parse(body);
  const { from, until, extensions } = readSshCertificate(certificate);
  expect(Number(until)).toBe(Date.parse(expires_at) / 1000);
  expect(Number(until) - now).toBeLessThanOrEqual(seconds);
  expect(Number(until) - now).toBeGreaterThan(seconds - 20);
  expect(now - Number(from)).toBeGreaterThanOrEqual(60);
  expect(extensions).toEqual(['permit-pty', '']);
});

test('without a session there is none', async () => {
  expect((await the.browser().fetch(url(), asked(mine))).status).toBe(401);
});

test.each([
  ['a key of another kind', asked('ssh-rsa AAAAB3NzaC1yc2E')],
  ['two keys', asked(`${mine}\n${mine}`)],
  ['a list', asked([mine])],
  ['nothing', asked(undefined)],
  ['what a page of another site can send', asked(mine, 'text/plain')],
])('%s is refused', async (_, request) => {
  const browser = await the.signedIn();
  expect((await browser.fetch(url(), request)).status).toBe(400);
});

test('once the file of the key is removed there are no certificates, and the log says why', async () => {
  const browser = await the.signedIn();
  rmSync(file);
  const line = the.stack.nextLine(({ error }) => error === 'ssh_authority');
  expect((await browser.fetch(url(), asked(mine))).status).toBe(502);
  expect(JSON.stringify(await line)).toContain('cannot be read (ENOENT)');
});
