import { readArguments, takePositionals } from '../arguments.ts';
import { exitCodes } from '../exit.ts';
import type { Io } from '../io.ts';
import { giveBack } from '../tokens/give-back.ts';
import { resourceOf } from '../tokens/resource.ts';
import { tokenStore } from '../tokens/store.ts';
import type { Tokens, TokenStore } from '../tokens/store.ts';
import type { Command } from './command.ts';

/** `latchkey logout`: gives the tokens back and forgets them. */
export const logout: Command = {
  name: 'logout',
  summary: 'Signs you out of one application, or of all, and removes the tokens',
  usage: 'logout [URL]',
  help: `Revokes the tokens for the application at URL at auth, and removes them from this machine. Without URL, it does
so for all applications. You stay signed in in your browser.

The exit code is 0 if all is done, and 1 if auth could not be reached. The tokens are removed from this machine
in any case.

Examples:

  latchkey logout https://api.example.com
  latchkey logout
`,
  async run(args, io) {
    const { positionals } = readArguments(args, {});
    const store = tokenStore(io);
    const [address] = positionals.length === 0 ? [] : takePositionals(positionals, ['URL']);
    const resource = address === undefined ? undefined : resourceOf(address);
    const ended = store.list().filter((tokens) => resource === undefined || tokens.resource === resource);
    if (ended.length === 0) io.stderr('You are not signed in there.\n');
    let code: number = exitCodes.fine;
    for (const tokens of ended) {
      const failure = await end(tokens, store, io);
      io.stderr(
        failure === undefined
          ? `Signed out of ${tokens.resource}.\n`
          : `The tokens for ${tokens.resource} are removed here, but ${failure}: end them at ${new URL('/account', tokens.issuer).href}\n`,
      );
      if (failure !== undefined) code = exitCodes.findings;
    }
    return code;
  },
};

async function end({ resource }: Tokens, store: TokenStore, io: Io): Promise<string | undefined> {
  return store.alone(resource, async () => {
    // Not what was listed: another process may have got new ones in the meantime.
    const tokens = store.read(resource);
    store.remove(resource);
    return tokens && giveBack(tokens, io);
  });
}
