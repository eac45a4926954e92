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
  help: `Prints an access token for the application at URL that is valid for at least another minute, and gets a new one
if necessary. Programs send it as \`Authorization: Bearer …\`. Anyone who has it can act as you in this application
until it expires. To call the application by hand, use \`latchkey curl\`: it keeps the token out of the list of
processes and out of the history of the shell.

  --aws-role      print a token of the AWS role of this machine or task, not one of yours: a signed request to STS
                  that is valid for five minutes and only for this application

The exit code is 0 if a token was printed. It is 1 if you have to sign in, if auth cannot be reached, or if there
are no AWS credentials.

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
