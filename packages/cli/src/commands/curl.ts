import type { Io } from '../io.ts';
import { tokenFor } from '../tokens/access-token.ts';
import { otherAddressIn } from '../tokens/curl-arguments.ts';
import { Failure, UsageError } from '../exit.ts';
import { resourceOf } from '../tokens/resource.ts';
import type { Command } from './command.ts';

/** `latchkey curl`: curl, as the person who is signed in, or as the program that works in a role of AWS. */
export const curl: Command = {
  name: 'curl',
  summary: 'Calls an application that you are signed in to, with curl',
  usage: 'curl [--aws-role] URL [options of curl …]',
  help: `Runs curl with a token for the application at URL, and gets a new token if necessary. Everything after URL is
passed to curl unchanged. The token is in no argument and in no variable, so other users of this machine cannot
see it. Curl does not send it to other hosts, not even after a redirect. So a second address is refused, and so
are options that could add one (--config, --next, --url, --location-trusted, --proto-redir). The exit code is
that of curl.

  --aws-role      authenticate with the AWS role of this machine or task, not as you; write it before URL

Examples:

  latchkey curl https://api.example.com/v1/builds
  latchkey curl https://api.example.com/v1/builds -X POST --json '{"branch": "main"}'
  latchkey curl --aws-role https://api.example.com/v1/builds
`,
  async run(args, io) {
    const isRole = args[0] === '--aws-role';
    const [address, ...others] = isRole ? args.slice(1) : args;
    if (address === undefined) throw new UsageError('URL is missing');
    if (address.startsWith('-')) throw new UsageError('write URL first, then the options of curl');
    const resource = resourceOf(address);
    const other = otherAddressIn(others);
    if (other !== undefined) {
      const message = `curl could send the token to another host because of ${JSON.stringify(other)}: call one address at a time, and write only options after it`;
      throw new UsageError(message);
    }
    const token = await tokenFor(resource, isRole ? 'AWS role' : 'person', io);
    const url = new URL(address);
    // As we have read it: curl might find another host in it.
    return runCurl(configOf(token, url), ['--config', '/dev/fd/3', '--url', url.href, ...others], io);
  },
};

// By CVE-2025-14524 a token went along where a redirect led to another protocol. What is not encrypted is for this machine alone,
// and not for an outgoing proxy.
function configOf(token: string, { protocol }: URL): string {
  const isSecure = protocol === 'https:';
  const more = isSecure ? 'proto-redir = "=https"' : 'proto-redir = "=http,https"\nnoproxy = "*"';
  return `oauth2-bearer = "${token}"\n${more}\n`;
}

async function runCurl(config: string, args: readonly string[], io: Io): Promise<number> {
  try {
    return await io.runWith(config, 'curl', args);
  } catch (error) {
    throw new Failure('curl could not be started: is it installed?', { cause: error });
  }
}
