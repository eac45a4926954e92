import { expect, test } from '@jest/globals';
import { latchkey } from '@latchkey/testing/latchkey';

const certificate = 'ssh-ed25519-cert-v01@openssh.com AAAA';

/** What ssh is run with. */
async function ssh(where: string) {
  const made: string[] = [];
  const outcome = await latchkey({}, ['ssh', where, '-v'], {
    env: { LATCHKEY_TOKEN: 'secret' },
    call: async () => ({
      status: 200,
      contentType: 'application/json',
      body: JSON.stringify({ certificate, principals: ['ann'] }),
    }),
    runBeside: async (_, program, args) => {
      made.push(program, ...args('/tmp/it'));
      return 0;
    },
  });
  return { ...outcome, made };
}

test.each([
  ['ann@bastion.example.com', 'ann@bastion.example.com', 'https://bastion.example.com'],
  ['https://[fd00::1]:8443', 'fd00::1', 'https://[fd00::1]:8443'],
])('the address stands in quotes where ssh gives it to a shell (%s)', async (where, host, resource) => {
  const { made } = await ssh(where);
  expect(made).toContain(`ProxyCommand=latchkey 'tunnel' '--stdio' '${resource}'`);
  expect(made.slice(-2)).toEqual([host, '-v']);
});

test.each([
  '$(id).example.com',
  'a;reboot.example.com',
  '`id`.example.com',
  "a'b.example.com",
  'https://-oproxycommand=id',
  'ann@-oproxycommand=id',
])('what is no name of a host is given to no shell, and is no option of ssh (%s)', async (where) => {
  const { code, stderr, made } = await ssh(where);
  expect([code, made]).toEqual([2, []]);
  expect(stderr).toContain('is not a host name');
});
