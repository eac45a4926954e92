// OpenSSH through the gate and through a connector, with a certificate that is made for who asks: a real sshd, a real ssh.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hashOfToken, makeServiceToken } from '@latchkey/access';
import { freePort } from '@latchkey/testing/ports';
import { latchkey } from '@latchkey/testing/latchkey';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectorAccess, connectorsHost, startConnectorOf, until } from '../fixtures/connector.ts';
import { loginAsProgram, newTokenKey } from '../fixtures/program.ts';
import { signOut } from '../fixtures/sign-in.ts';
import { hasOpenSsh, makeKey, startSshd } from '../fixtures/sshd.ts';
import type { Sshd } from '../fixtures/sshd.ts';
import { useStack } from '../fixtures/use-stack.ts';

const main = join(import.meta.dirname, '../../packages/cli/src/main.ts');
const self = [process.execPath, '--conditions=@latchkey/source', main];
const folder = mkdtempSync(join(tmpdir(), 'latchkey-ssh-'));
afterAll(() => rmSync(folder, { recursive: true }));
const authority = hasOpenSsh ? makeKey(folder, 'authority') : '';
const other = hasOpenSsh ? makeKey(folder, 'other') : '';
const port = await freePort();
const machine = makeServiceToken('backup');
const { token, lines, assertionKey } = connectorAccess();

const route = (name: string, options: string) => `
- service: ${name}
  default: {from: ${name}.latchkey.localhost, to: 'tcp://127.0.0.1:${port}', options: {allowed_email_domains: [example.com], ${options}}}`;
const certified = (key: string, principals: string) =>
  `ssh_certificate: {ca_key_file: '${key}', principals: [${principals}]}`;

/** Runs a program to its end; `heard` is called with what it has said so far. */
function run([program = '', ...args]: readonly string[], shown: string, heard?: (stdout: string) => void) {
  const child = spawn(program, args, { env: { ...process.env, LATCHKEY_TOKEN: shown } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    stdout += more;
    heard?.(stdout);
  });
  child.stderr.setEncoding('utf8').on('data', (more: string) => (stderr += more));
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, stdout, stderr })),
  );
}

/** How OpenSSH names a key. */
function fingerprint(file: string): string {
  const line = execFileSync('ssh-keygen', ['-lf', `${file}.pub`], { encoding: 'utf8' });
  return /SHA256:\S+/.exec(line)?.[0] ?? 'none';
}

const some = hasOpenSsh ? describe : describe.skip;

some('SSH through the gate', () => {
  const the = useStack({
    proxyEnv: { CONNECTORS_HOST: connectorsHost, ASSERTION_KEY: assertionKey, SESSION_TTL_VALID: '1s' },
    authEnv: { ASSERTION_KEY: assertionKey, ACCESS_TOKEN_KEY: newTokenKey() },
    upstreams: `${lines.replace('[{', `[{name: backup, secret_hashes: [{hash: '${hashOfToken(machine)}'}]}, {`)}
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
${route('bastion', `allowed_clients: [backup], ${certified(authority, "'{user}', '{email}'")}`)}
${route('stranger', certified(other, "'{user}'"))}
${route('nobody', certified(authority, "'nobody-{user}'"))}
${route('private', `via: beside, ${certified(authority, "'{user}'")}`)}
${route('plain', '')}
${route('closed', certified(authority, "'{user}'")).replace('example.com', 'other.example.com')}
`,
  });

  let sshd: Sshd;
  beforeAll(async () => {
    const { stdout } = await latchkey({ ca: readFileSync(authority) }, ['keys', 'ssh-ca', 'ca']);
    expect(readFileSync(`${authority}.pub`, 'utf8')).toContain(stdout.trim());
    sshd = await startSshd({ port, authority: stdout.trim(), principals: ['engineer'] });
  });
  afterAll(() => sshd?.stop());

  async function signedIn(host: string) {
    const browser = await the.signedIn();
    const { access_token } = await loginAsProgram(the.stack, browser, the.stack.url(host));
    return { browser, token: access_token };
  }
  const ours = [
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'BatchMode=yes',
  ];

  const where = (host: string) => `${sshd.account}@${new URL(the.stack.url(host)).origin}`;
  const ssh = (host: string, shown: string, ...command: string[]) =>
    run([...self, 'ssh', where(host), ...ours, ...command], shown);

  test('a person gets in by a certificate of five minutes, and the logs of both sides say who', async () => {
    const { token: shown } = await signedIn('bastion');
    const { code, stdout, stderr } = await ssh('bastion', shown, 'echo', 'hello from there');
    expect([code, stdout]).toEqual([0, 'hello from there\n']);
    expect(stderr).toContain('a certificate for engineer, engineer@example.com, valid for five minutes');
    expect(sshd.log()).toMatch(/Accepted publickey .* ID engineer@example\.com sub=\S+ session=\S+/);
  });

  test('two megabytes go both ways, and the exit code is that of the command', async () => {
    const { token: shown } = await signedIn('bastion');
    const command = 'head -c 2000000 /dev/zero | wc -c; exit 7';
    const { code, stdout } = await ssh('bastion', shown, command);
    expect([code, stdout.trim()]).toEqual([7, '2000000']);
  });

  test('ssh-keygen reads a certificate as it is meant', async () => {
    const key = makeKey(folder, 'mine');
    const browser = await the.signedIn();
    const { body } = await browser.fetch(the.stack.url('bastion', '/oauth2/ssh-certificate'), {
      method: 'POST',
      body: JSON.stringify({ public_key: readFileSync(`${key}.pub`, 'utf8').trim() }),
      headers: { 'content-type': 'application/json' },
    });
    const { certificate }: { certificate: string } = JSON.parse(body);
    writeFileSync(`${key}-cert.pub`, `${certificate}\n`);
    const read = execFileSync('ssh-keygen', ['-L', '-f', `${key}-cert.pub`], { encoding: 'utf8' });
    expect(read.split('\n').map((line) => line.trim())).toEqual([
      `${key}-cert.pub:`,
      'Type: ssh-ed25519-cert-v01@openssh.com user certificate',
      `Public key: ED25519-CERT ${fingerprint(key)}`,
      `Signing CA: ED25519 ${fingerprint(authority)} (using ssh-ed25519)`,
      expect.stringMatching(/^Key ID: "engineer@example\.com sub=\S+ session=\S+"$/),
      expect.stringMatching(/^Serial: \d+$/),
      expect.stringMatching(/^Valid: from \S+ to \S+$/),
      'Principals:',
      'engineer',
      'engineer@example.com',
      'Critical Options: (none)',
      'Extensions:',
      'permit-pty',
      '',
    ]);
  });

  test('a certificate gives a terminal, and leads nowhere from there', async () => {
    const { token: shown } = await signedIn('bastion');
    const { code, stderr } = await ssh(
      'bastion',
      shown,
      '-N',
      '-o',
      'ExitOnForwardFailure=yes',
      '-R',
      '0:127.0.0.1:1',
    );
    expect(code).not.toBe(0);
    expect(stderr).toContain('remote port forwarding failed');
  });

  test.each([
    ['of another authority', 'stranger'],
    ['for other names', 'nobody'],
  ])('a certificate %s is none to sshd', async (_, host) => {
    const { token: shown } = await signedIn(host);
    const { code, stderr } = await ssh(host, shown, 'true');
    expect(code).toBe(255);
    expect(stderr).toContain('Permission denied');
  });

  test('a certificate that is over is none to sshd, whatever the gate says', async () => {
    const { token: shown } = await signedIn('bastion');
    const key = makeKey(folder, 'old');
    const signed = ['-q', '-s', authority, '-I', 'old', '-n', 'engineer', '-V', '-2h:-1h', `${key}.pub`];
    execFileSync('ssh-keygen', signed);
    const proxy = `ProxyCommand=${[...self, 'tunnel', '--stdio', the.stack.url('bastion')].join(' ')}`;
    const args = ['ssh', '-i', key, '-o', proxy, ...ours, `${sshd.account}@bastion`, 'true'];
    const { code, stderr } = await run(args, shown);
    expect([code, stderr.includes('Permission denied')]).toEqual([255, true]);
    expect(sshd.log()).toContain('Certificate invalid: expired');
  });

  test('who may not is refused before there is a certificate, and so is a machine', async () => {
    const { token: shown } = await signedIn('closed');
    expect(await ssh('closed', shown, 'true')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('status 403'),
    });
    const refused = await ssh('bastion', machine, 'true');
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Certificates for SSH are for people only'),
    });
  });

  test('a route without certificates says what to do', async () => {
    const { token: shown } = await signedIn('plain');
    expect((await ssh('plain', shown, 'true')).stderr).toContain('ssh_certificate');
  });

  test.each(['bastion', 'private'])('what is open ends with the session (%s)', async (host) => {
    const beside = host === 'private' ? await connector() : undefined;
    const { browser, token: shown } = await signedIn(host);
    const started = Promise.withResolvers<void>();
    const args = [...self, 'ssh', where(host), ...ours, 'echo ready; sleep 60'];
    const done = run(args, shown, () => started.resolve());
    await started.promise;
    await signOut(browser, the.stack);
    expect(await done).toMatchObject({ code: 255, stdout: 'ready\n' });
    beside?.kill();
  });

  async function connector() {
    const started = startConnectorOf(the.stack, {
      CONNECTOR_TOKEN: token,
      CONNECTOR_TARGETS: `${new URL(the.stack.url('private')).origin}=tcp://127.0.0.1:${port}`,
    });
    await until(() => started.connections() === 1, 'a connection to the proxy');
    return started;
  }

  test('a bastion with no way in is reached through its connector', async () => {
    const beside = await connector();
    const { token: shown } = await signedIn('private');
    expect(await ssh('private', shown, 'echo', 'inside')).toMatchObject({ code: 0, stdout: 'inside\n' });
    await until(() => beside.lines.at(-1)?.['audit'] === 'connection_ended', 'its last line');
    expect(beside.lines.at(-1)).toMatchObject({ user: 'engineer@example.com' });
    beside.kill();
  });
});
