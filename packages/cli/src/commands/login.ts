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
  help: `Asks the application at URL who signs its people in, and opens a browser there. Without a browser on this
machine, or with --device, it prints an address and a code, to be approved in a browser anywhere.

  --device        do not open a browser here
  --scope SCOPE   what you want to do there; may be given several times. Left out: no scope

The tokens are kept in $XDG_STATE_HOME/latchkey (~/.local/state/latchkey), readable by you alone. They are
for that one application, and \`latchkey logout\` ends them. Those of an earlier sign-in there are given back.
It ends with 0 if you are signed in, otherwise with 1.

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
      io.stderr(`The tokens that you had before were not given back, for ${failure}: end them at ${page}\n`);
    }
    io.stderr(`Signed in to ${resource}. Try: latchkey curl ${resource}/\n`);
    return exitCodes.fine;
  },
};
