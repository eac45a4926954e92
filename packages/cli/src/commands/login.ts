import { readArguments, takePositionals } from '../arguments.ts';
import { exitCodes } from '../exit.ts';
import { giveBack } from '../tokens/give-back.ts';
import { resourceOf } from '../tokens/resource.ts';
import { signIn } from '../tokens/sign-in.ts';
import { tokenStore } from '../tokens/store.ts';
import type { Command } from './command.ts';

/** `latchkey login`: a person lets this program use an application in their name. */
export const login: Command = {
  name: 'login',
  summary: 'Signs you in to an application, for `token` and `curl`',
  usage: 'login URL [--device] [--scope SCOPE …]',
  help: `Finds the sign-in of the application at URL, and opens it in a browser. Without a browser on this machine,
or with --device, it prints an address and a code: open the address on any device and enter the code.

  --device        do not open a browser here
  --scope SCOPE   a permission that you need in the application; may be given several times.
                  Left out: no scope

The tokens are kept in $XDG_STATE_HOME/latchkey (~/.local/state/latchkey), readable only by you. They are
valid only for that application, and \`latchkey logout\` ends them. Tokens of an earlier sign-in to this
application are revoked. The exit code is 0 if you are signed in, and 1 otherwise.

Examples:

  latchkey login https://api.example.com
  latchkey login https://api.example.com --device --scope read --scope deploy
`,
  async run(args, io) {
    const { values, positionals } = readArguments(args, {
      device: { type: 'boolean', default: false },
      scope: { type: 'string', multiple: true },
    });
    const [address = ''] = takePositionals(positionals, ['URL']);
    const resource = resourceOf(address);
    const store = tokenStore(io);
    const how = values.device || io.openBrowser === undefined ? 'device' : 'browser';
    const tokens = await signIn({ resource, scope: values.scope?.join(' ') }, how, io);
    const before = await store.alone(resource, async () => {
      const kept = store.read(resource);
      await store.write(tokens);
      return kept;
    });
    const failure = before && (await giveBack(before, io));
    if (before !== undefined && failure !== undefined) {
      const page = new URL('/account', before.issuer).href;
      io.stderr(`Your earlier tokens could not be revoked (${failure}): end them at ${page}\n`);
    }
    io.stderr(`Signed in to ${resource}. Try: latchkey curl ${resource}/\n`);
    return exitCodes.fine;
  },
};
