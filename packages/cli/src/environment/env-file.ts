/** One variable of an env file and the line that it stands on. */
export type EnvEntry = {
  readonly name: string;
  readonly value: string;
  readonly file: string;
  readonly line: number;
};

/** An env file as read. `unreadable` are the lines that are neither a variable nor a comment. */
export type EnvFile = { readonly entries: readonly EnvEntry[]; readonly unreadable: readonly number[] };

const plainPattern = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*/;
const doubleQuoted = /^"((?:[^"\\]|\\[\s\S])*)"[ \t]*(?:#.*)?(?=\n|$)/;
const singleQuoted = /^'([^']*)'[ \t]*(?:#.*)?(?=\n|$)/;

/**
 * Reads `NAME=value` lines as shells, Docker and ECS have them: comments, an optional `export`, and quotes, inside which a
 * value may run over several lines. Nothing is expanded: `${NAME}` is left to the settings, which read it.
 */
export function readEnvFile(file: string, text: string): EnvFile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const entries: EnvEntry[] = [];
  const unreadable: number[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (/^\s*(?:#.*)?$/.test(line)) continue;
    const [start, name] = plainPattern.exec(line) ?? [];
    if (start === undefined || name === undefined) {
      unreadable.push(at + 1);
      continue;
    }
    const text = line.slice(start.length);
    const quoted = /^["']/.test(text) ? readQuoted([text, ...lines.slice(at + 1)].join('\n')) : undefined;
    const value = quoted?.value ?? text.replace(/(?:^|\s+)#.*$|\s+$/, '');
    entries.push({ name, value, file, line: at + 1 });
    at += quoted?.furtherLines ?? 0;
  }
  return { entries, unreadable };
}

/** The variables of several files; what stands later counts. */
export function environmentOf(entries: readonly EnvEntry[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}

function readQuoted(rest: string): { readonly value: string; readonly furtherLines: number } | undefined {
  const double = doubleQuoted.exec(rest);
  const [whole, value] = double ?? singleQuoted.exec(rest) ?? [];
  if (whole === undefined || value === undefined) return undefined;
  return { value: double ? unescape(value) : value, furtherLines: whole.split('\n').length - 1 };
}

function unescape(text: string): string {
  return text.replace(/\\([\s\S])/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
