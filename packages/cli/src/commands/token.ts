import { readArguments, takePositionals } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { freshAccessToken } from '../tokens/access-token.ts';
import { resourceOf } from '../tokens/resource.ts';
import type { Command } from './command.ts';

/** `latchkey token`: a token for a program that can send a header. */
export const token: Command = {
  name: 'token',
  summary: 'Prints a token for an application that you are signed in to',
  usage: 'token URL',
  help: `Prints an access token for the application at URL that is good for at least another minute, and gets a new one
where need be. Programs send it as \`Authorization: Bearer …\`. Whoever has it can act as you there until it is
over: \`latchkey curl\` keeps it out of the list of processes and of the history of the shell.

It ends with 0 if it printed one, and with 1 if you have to sign in, or if auth could not be asked.

Example:

  latchkey token https://api.example.com
`,
  async run(args, io) {
    const { positionals } = readArguments(args, {});
    const [address = ''] = takePositionals(positionals, ['URL']);
    io.stdout(`${await freshAccessToken(resourceOf(address), io)}\n`);
    return exitCodes.fine;
  },
};
