import { readArguments, takePositionals } from '../arguments.ts';
import { exitCodes } from '../exit.ts';
import { tokenFor } from '../tokens/access-token.ts';
import { resourceOf } from '../tokens/resource.ts';
import type { Command } from './command.ts';

/** `latchkey token`: a token for a program that can send a header. */
export const token: Command = {
  name: 'token',
  summary: 'Prints a token for an application that you are signed in to',
  usage: 'token [--aws-role] URL',
  help: `Prints an access token for the application at URL that is good for at least another minute, and gets a new one
where need be. Programs send it as \`Authorization: Bearer …\`. Anyone who has it can act as you there until it is
over: \`latchkey curl\` keeps it out of the list of processes and of the history of the shell.

  --aws-role      show the role of AWS that this program works in, in place of a token of yours: a request to STS that
                  is signed with the credentials of that role, good for five minutes and for that application

It ends with 0 if it printed one, and with 1 if you have to sign in, if auth could not be asked, or if there are no
credentials of AWS.

Examples:

  latchkey token https://api.example.com
  latchkey token --aws-role https://api.example.com
`,
  async run(args, io) {
    const { values, positionals } = readArguments(args, { 'aws-role': { type: 'boolean', default: false } });
    const [address = ''] = takePositionals(positionals, ['URL']);
    const how = values['aws-role'] ? 'AWS role' : 'person';
    io.stdout(`${await tokenFor(resourceOf(address), how, io)}\n`);
    return exitCodes.fine;
  },
};
