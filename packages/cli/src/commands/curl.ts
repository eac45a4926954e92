import type { Io } from '../io.ts';
import { freshAccessToken } from '../tokens/access-token.ts';
import { Failure } from '../tokens/failure.ts';
import { resourceOf } from '../tokens/resource.ts';
import { UsageError } from '../usage-error.ts';
import type { Command } from './command.ts';

/** `latchkey curl`: curl, as the person who is signed in. */
export const curl: Command = {
  name: 'curl',
  summary: 'Calls an application that you are signed in to, with curl',
  usage: 'curl URL [options of curl …]',
  help: `Runs curl with a token for the application at URL, getting a new one where need be. Everything behind URL goes to
curl as it is. The token is in no argument and in no variable, so that other users of this machine cannot see it.
A second address with a scheme is refused: curl would send the token there, too. The exit code is that of curl.

Examples:

  latchkey curl https://api.example.com/v1/builds
  latchkey curl https://api.example.com/v1/builds -X POST --json '{"branch": "main"}'
`,
  async run([address, ...others], io) {
    if (address === undefined) throw new UsageError('URL is missing');
    if (address.startsWith('-')) throw new UsageError('write URL first, and the options of curl behind it');
    const resource = resourceOf(address);
    refuseOtherAddresses(others);
    const token = await freshAccessToken(resource, io);
    // As we have read it: curl might find another host in it. Before the rest, because a `--next` of the caller ends what belongs together. Curl itself keeps it from other hosts in redirects.
    return runCurl(
      `oauth2-bearer = "${token}"\n`,
      ['--config', '/dev/fd/3', '--url', new URL(address).href, ...others],
      io,
    );
  },
};

// Curl sends the token to each address that it is given.
function refuseOtherAddresses(args: readonly string[]): void {
  const other = args.find((arg) => /^(?:https?:|--url\b)/i.test(arg));
  if (other === undefined) return;
  throw new UsageError(`${JSON.stringify(other)} would get the token, too: call one address at a time`);
}

async function runCurl(config: string, args: readonly string[], io: Io): Promise<number> {
  try {
    return await io.runWith(config, 'curl', args);
  } catch (error) {
    throw new Failure('curl could not be started: is it installed?', { cause: error });
  }
}
