import { carry } from '@latchkey/tcp-tunnel';
import { once } from 'node:events';
import { readArguments, takePositionals } from '../arguments.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { tokenFor } from '../tokens/access-token.ts';
import { makeSignedIn } from '../tokens/sign-in.ts';
import { isLoopback, resourceOf } from '../tokens/resource.ts';
import { connect } from '../tunnel/connect.ts';
import { listen, placeOf } from '../tunnel/listen.ts';
import type { Here } from '../tunnel/listen.ts';
import type { Command } from './command.ts';

/** `latchkey tunnel`: what is behind the gate and is not HTTP, on this machine. */
export const tunnel: Command = {
  name: 'tunnel',
  summary: 'Makes a database, SSH or other TCP server behind Latchkey available on this machine',
  usage: 'tunnel HOST [--listen ADDRESS:PORT | --stdio] [--aws-role]',
  help: `Listens on this machine, and forwards each connection to the server behind HOST (a route with \`to: tcp://…\` in the
upstream file). If you are not signed in, it signs you in first, as \`latchkey login\` does. With LATCHKEY_TOKEN in
the environment, the token of a service account or of an issuer is used in place of yours.

  --listen ADDRESS:PORT   where to listen; left out: 127.0.0.1 and a free port, which it prints
  --stdio                 forward one connection over standard input and output, for \`ssh -o ProxyCommand\`
  --aws-role              authenticate with the AWS role of this machine or task, not as you

Anyone who can connect to the address uses your access, so only addresses of this machine are allowed. A connection
ends when your session ends.

Examples:

  latchkey tunnel db.corp.example.com --listen 127.0.0.1:5432
  ssh -o ProxyCommand='latchkey tunnel --stdio %h' bastion.corp.example.com
`,
  async run(args, io) {
    const { values, positionals } = readArguments(args, {
      listen: { type: 'string' },
      stdio: { type: 'boolean', default: false },
      'aws-role': { type: 'boolean', default: false },
    });
    const [host = ''] = takePositionals(positionals, ['HOST']);
    const resource = resourceOf(host.includes('://') ? host : `https://${host}`);
    if (values.stdio && values.listen !== undefined) throw new UsageError('write --listen or --stdio');
    const here = hereOf(values.listen ?? '127.0.0.1:0');
    const given = io.env['LATCHKEY_TOKEN'];
    const how = values['aws-role'] ? 'AWS role' : 'person';
    if (how === 'person' && given === undefined) await makeSignedIn(resource, io);
    const open = async () => connect(resource, given ?? (await tokenFor(resource, how, io)));
    if (values.stdio) {
      const carried = carry(io.stdio(), await open());
      carried.open();
      const ending = await new Promise((resolve) => carried.onClose(resolve));
      return ending === 'ended' ? exitCodes.fine : exitCodes.findings;
    }
    const server = await listen(here, { open, say: (line) => io.stderr(`${line}\n`) });
    io.stderr(`${resource} is at ${placeOf(server)}. Ctrl-C ends it.\n`);
    io.stopped?.addEventListener('abort', () => server.close());
    await once(server, 'close');
    return exitCodes.fine;
  },
};

function hereOf(text: string): Here {
  const { host = '', port = '' } = /^(?<host>\[[^\]]+\]|[^:]*):(?<port>\d{1,5})$/.exec(text)?.groups ?? {};
  if (port === '' || Number(port) > 65_535) {
    throw new UsageError(`--listen ${JSON.stringify(text)}: write it like 127.0.0.1:5432`);
  }
  if (!isLoopback(host)) {
    throw new UsageError(`--listen ${JSON.stringify(text)}: others could use your access: write 127.0.0.1`);
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}
