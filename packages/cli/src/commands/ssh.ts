import type { Io } from '../io.ts';
import { shellText } from '../programs.ts';
import { certifiedKey } from '../ssh/certificate.ts';
import { tokenFor } from '../tokens/access-token.ts';
import { Failure, UsageError } from '../exit.ts';
import { makeSignedIn } from '../tokens/sign-in.ts';
import { resourceOf } from '../tokens/resource.ts';
import type { Command } from './command.ts';

/** `latchkey ssh`: ssh through the gate, with a certificate in place of a key that lasts. */
export const ssh: Command = {
  name: 'ssh',
  summary: 'Opens an SSH connection through Latchkey, with a certificate for you',
  usage: 'ssh [USER@]HOST [options of ssh …] [COMMAND …]',
  help: `Runs ssh to the server behind HOST (a route with \`to: tcp://…\` and \`ssh_certificate\` in the upstream file). If you
are not signed in, it signs you in first. It makes a key, gets a certificate that is valid for five minutes, and
removes both when ssh ends. An open connection ends when your session ends. Everything after HOST is passed to ssh
unchanged. With LATCHKEY_TOKEN in the environment, that token is used in place of yours.

USER is your user name on the server, and has to be a name in the certificate. Left out, ssh uses the one of
\`~/.ssh/config\` or of this machine. ssh checks the host key of the server as usual.

Examples:

  latchkey ssh ann@bastion.corp.example.com
  latchkey ssh ann@bastion.corp.example.com -v uptime
`,
  async run(args, io) {
    const [where, ...others] = args;
    if (where === undefined) throw new UsageError('HOST is missing');
    if (where.startsWith('-')) throw new UsageError('write HOST first, then the options of ssh');
    const { user, host, resource } = readWhere(where);
    const given = io.env['LATCHKEY_TOKEN'];
    if (given === undefined) await makeSignedIn(resource, io);
    const token = given ?? (await tokenFor(resource, 'person', io));
    const { key, certificate, principals } = await certifiedKey(resource, token, io);
    io.stderr(`a certificate for ${principals.join(', ')}, valid for five minutes\n`);
    const files = { key: key, 'key-cert.pub': certificate };
    const options = (folder: string) => [
      `IdentityFile=${quoted(`${folder}/key`)}`,
      `CertificateFile=${quoted(`${folder}/key-cert.pub`)}`,
      'IdentitiesOnly=yes',
      `ProxyCommand=${escaped(`${io.self} ${shellText(['tunnel', '--stdio', resource])}`)}`,
    ];
    return runSsh(
      files,
      (folder) => [
        ...options(folder).flatMap((option) => ['-o', option]),
        user === undefined ? host : `${user}@${host}`,
        ...others,
      ],
      io,
    );
  },
};

function readWhere(where: string): { user: string | undefined; host: string; resource: string } {
  const { user, address = '' } = /^(?:(?<user>[^@/:]+)@)?(?<address>.*)$/.exec(where)?.groups ?? {};
  const resource = resourceOf(address.includes('://') ? address : `https://${address}`);
  const host = new URL(resource).hostname.replaceAll(/^\[|\]$/g, '');
  // Addresses may hold `$(…)`, and a host in front of which is a dash is an option of ssh.
  if (!/^[\w:][\w.:-]*$/.test(host)) {
    throw new UsageError(`${JSON.stringify(host)} is not a host name: write it like bastion.example.com`);
  }
  return { user, host, resource };
}

// ssh_config(5): a value with spaces stands in quotes, and `%` begins what stands for something else.
function quoted(path: string): string {
  return `"${escaped(path)}"`;
}

function escaped(text: string): string {
  return text.replaceAll('%', '%%');
}

async function runSsh(
  files: Readonly<Record<string, string>>,
  args: (folder: string) => readonly string[],
  io: Io,
): Promise<number> {
  try {
    return await io.runBeside(files, 'ssh', args);
  } catch (error) {
    throw new Failure('ssh could not be started: is it installed?', { cause: error });
  }
}
