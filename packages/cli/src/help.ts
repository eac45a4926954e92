import type { Command } from './commands/command.ts';

/** What `latchkey --help` shows. */
export function renderHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return `latchkey: ask about the upstream file before it is live

Usage: latchkey <command> [arguments]

${commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

Begin with these two:

  latchkey check upstreams.yml --cluster prod --env-file prod.env
  latchkey explain upstreams.yml --cluster prod --url https://wiki.corp.example.com/ --as ann@example.com

\`latchkey <command> --help\` shows the options of a command, with examples. \`latchkey --version\` says which
this is. \`-\` in place of a file is standard input.
It ends with 0 when all is fine, 1 when there is something to look at, 2 when it was not called properly.
Nothing is sent anywhere, and no file is written.
`;
}

/** What \`latchkey <command> --help\` shows. */
export function renderCommandHelp({ summary, usage, help }: Command): string {
  return `${summary}\n\nUsage: latchkey ${usage}\n\n${help}`;
}
