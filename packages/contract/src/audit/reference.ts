import { z } from 'zod';
import { auditEvents, auditFrame, auditLine } from './events.ts';

/** Ten lines that check a chain without us. */
export const independentCheck = `import hashlib, json, sys

ends = {}
for number, line in enumerate(open(sys.argv[1], 'rb'), 1):
    if line.startswith(b'{"audit":1,'):
        body, found = line.rsplit(b',"hash":"', 1)
        entry = json.loads(line)
        seq, before = ends.get(entry['instance'], (0, '0' * 64))
        if (entry['seq'], entry['prev'], hashlib.sha256(body).hexdigest()) != (seq + 1, before, entry['hash']):
            sys.exit(f'line {number} is not what followed on line {seq} of {entry["instance"]}')
        ends[entry['instance']] = entry['seq'], entry['hash']
print({instance: seq for instance, (seq, _) in ends.items()})`;

const introduction = `<!-- generated: do not edit; run npx --yes pnpm@12.21.0 run docs -->

# The audit log

The audit log says who signed in, who was refused and by which rule, who ended which sessions, and what an upstream file changed
for whom. It is off until \`AUDIT_LOG\` is set. Set it in both services:

| \`AUDIT_LOG\` | the lines go |
| --- | --- |
| \`stdout\` | to standard output, among the lines of the log. Only lines of the audit log begin with \`{"audit":1,\` |
| \`file:/var/log/latchkey/audit.jsonl\` | to the end of this file. The service creates it, readable only by its owner (0600). To rotate it, rename the file, then send SIGHUP: the service opens a new one. Two processes may write to one file on a local disk, for example while one replaces the other: each writes a chain of its own, and the lines of both are mixed. On a network disk their lines would overwrite each other: give each process its own file |
| \`stdout,file:/…\` | to both, as two chains |

An HTTP request that is let in leaves no line here; it is in the log. A line here and the log line of the same request have the same
id, in \`request\`. No line contains a cookie, a token, a code, a secret, a path or a query string. A session is named by a hash.

## What is written

Each line is JSON, as [audit.schema.json](audit.schema.json) describes it. Every line has these fields:

`;

const chain = `
## The chain

Every start of a service begins a chain with a random \`instance\`. \`seq\` counts its lines. \`prev\` is the \`hash\` of the line
before (64 zeros in the first line). \`hash\` is the SHA-256, in hexadecimal, of the bytes of the line up to \`,"hash":"\`. So keep the
bytes of each line unchanged: a program that parses and rewrites the JSON breaks the hashes. \`latchkey audit verify\` reads any number
of files, in any order, and ignores all other lines in them:

\`\`\`sh
latchkey audit verify /var/log/latchkey/audit.jsonl*
aws logs tail latchkey-auth --since 30d --format short | latchkey audit verify -
\`\`\`

For each chain it prints the number of lines, the first and the last time, the lines that are missing, altered, exchanged or there
twice, and whether the service stopped normally. If anything is wrong, its exit status is 1. This program does the same for one file
whose lines are in order:

\`\`\`python
${independentCheck}
\`\`\`

**What a chain does not show.** Anyone who can write to the file can cut off the end of a chain: a chain without \`stop\` belongs to a
service that still runs or was killed, or its last lines were removed. They can remove a whole chain. Without a key they can also
replace the rest of a chain from any line on. So send the lines to another machine at once (standard output, and a log group that nobody may write
to by hand), or set \`AUDIT_KEY\` (\`openssl rand -base64 32\`) for the services and for \`latchkey audit verify\`. Keep the key secret from
everybody who can write to the file. \`hash\` is then the HMAC-SHA-256 with the bytes of that key. To change the key, restart the service: a new chain begins.

## When it cannot be written

No request waits until a line is written. While a disk is full or a pipe has no reader, a megabyte of lines is kept for each output.
Further lines are lost, and the next line that is written is \`lost\`, with their number. Meanwhile there is an error in the log,
\`latchkey_audit_log_up\` is 0, and \`latchkey_audit_lines_lost\` counts the lost lines. \`AUDIT_LOG_ON_FAILURE\` decides what happens to
requests:

- \`continue\` (the default): everything works as before.
- \`refuse\`: nobody gets new access without a line. Sign-ins, sessions for single hosts, new tokens for programs, SSH certificates and new
  TCP connections are answered with 503 \`audit_unavailable\`; so are requests that a rule refuses. People who are signed in and have
  access can go on working: an HTTP request leaves no line. Signing out, and sessions that operators or providers end, still work: otherwise people would stay
  signed in. This begins with the first write that fails, and ends with the next one that succeeds.

## CloudWatch

With \`AUDIT_LOG=stdout\` the filter pattern \`{ $.audit = 1 }\` finds the lines in the log groups of the services. Use it for a metric, or
for a subscription that copies them elsewhere. (Lines of the log may have a field \`audit\`, too. It is a text, so the pattern does not match it.)
`;

/** docs/audit.md: every event and its fields. */
export function renderAuditReference(): string {
  const sections = Object.entries(auditEvents).map(([name, { meaning, fields }]) => {
    const { event: _, ...own } = fields.shape;
    const table = Object.keys(own).length === 0 ? [] : ['', tableOf(own)];
    return [`### \`${name}\``, '', meaning, ...table].join('\n');
  });
  const { inFront, behind } = auditFrame;
  return `${introduction}${tableOf({ ...inFront, event: z.string().describe('one of those below'), ...behind })}\n\n${sections.join('\n\n')}\n${chain}`;
}

function tableOf(fields: z.ZodRawShape): string {
  const rows = rowsOf(z.strictObject(fields));
  return ['| field | type | |', '| --- | --- | --- |', ...rows].join('\n');
}

type Schema = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
};

function rowsOf(object: z.ZodType, prefix = ''): string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON Schema, as far as it is used here
  return rows(z.toJSONSchema(object) as Schema, prefix);
}

function rows({ properties = {}, required = [] }: Schema, prefix: string): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const optional = required.includes(name) ? '' : ', may be absent';
    const row = `| \`${prefix}${name}\` | ${typeOf(schema)}${optional} | ${schema.description ?? ''} |`;
    const inner = schema.properties === undefined ? (schema.items ?? {}) : schema;
    return [row, ...rows(inner, `${prefix}${name}${schema.items ? '[]' : ''}.`)];
  });
}

function typeOf({ type, const: constant, enum: words, items }: Schema): string {
  if (constant !== undefined) return `\`${JSON.stringify(constant)}\``;
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(', ');
  return items === undefined ? (type ?? '') : `list of ${items.type ?? ''}`;
}

/** docs/audit.schema.json: JSON Schema 2020-12. */
export function renderAuditSchema(): string {
  return `${JSON.stringify({ title: 'A line of the audit log of Latchkey', ...z.toJSONSchema(auditLine) }, null, 2)}\n`;
}
