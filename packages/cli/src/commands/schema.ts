import { renderUpstreamSchema } from '@latchkey/upstreams';
import { readArguments, takePositionals } from '../arguments.ts';
import { exitCodes } from '../exit.ts';
import type { Command } from './command.ts';

/** `latchkey schema`: the JSON Schema of the upstream file. */
export const schema: Command = {
  name: 'schema',
  summary: 'Prints the JSON Schema of the upstream file, for editors',
  usage: 'schema',
  help: `With this schema, an editor completes keys, shows their meaning, and marks mistakes while you type.

Examples:

  latchkey schema > upstreams.schema.json

and then, as the first line of the upstream file, for editors with the YAML language server:

  # yaml-language-server: $schema=upstreams.schema.json
`,
  run(args, io) {
    const { positionals } = readArguments(args, {});
    takePositionals(positionals, []);
    io.stdout(renderUpstreamSchema());
    return exitCodes.fine;
  },
};
