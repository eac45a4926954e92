import type { Command } from './commands/command.ts';

/** What `latchkey --help` shows. */
export function renderHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return `latchkey: check the upstream file before it is live, and use applications from a shell

Usage: latchkey <command> [arguments]

${commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

Start with these two:

  latchkey check upstreams.yml --cluster prod --env-file prod.env
  latchkey explain upstreams.yml --cluster prod --url https://wiki.corp.example.com/ --as ann@example.com

\`latchkey <command> --help\` shows the options of a command, with examples. \`latchkey --version\` shows the
version and the revision. \`-\` in place of a file is standard input.
The exit code is 0 if everything is fine, 1 if something is wrong or refused, 2 if the arguments are wrong.
Only \`login\`, \`token\`, \`curl\`, \`tunnel\`, \`ssh\` and \`logout\` write files, with your tokens, which only you can
read. Only they and \`sessions\` use the network.
`;
}

/** What \`latchkey <command> --help\` shows. */
export function renderCommandHelp({ summary, usage, help }: Command): string {
  return `${summary}\n\nUsage: latchkey ${usage}\n\n${help}`;
}
