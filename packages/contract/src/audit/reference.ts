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

Who signed in, who was refused and by which rule, who ended which sessions, and what changed for whom. It is off until
\`AUDIT_LOG\` names where it goes, in both services:

| \`AUDIT_LOG\` | the lines go |
| --- | --- |
| \`stdout\` | to standard output, between the lines of the log. They begin with \`{"audit":1,\`, which no other line does |
| \`file:/var/log/latchkey/audit.jsonl\` | behind what is in this file, which is made for its owner alone (0600). On SIGHUP it is opened anew: rename it, then send the signal. Two processes may write to one file of a local disk, as while one replaces the other: each has a chain of its own, whose lines stand between those of the other. On a disk of the network they would tear each other's lines |
| \`stdout,file:/…\` | to both, as two chains |

A request that is let in leaves no line here: that is what the log is for. What leads a request to its person, its route and
its line in the log is \`request\`, the id. No line holds a cookie, a token, a code, a secret, a path or a query string; a session
is named by a hash.

## What is written

Each line is JSON and fits [audit.schema.json](audit.schema.json). In front:

`;

const chain = `
## The chain

Every start of a service begins a chain with a random \`instance\`. \`seq\` counts its lines, \`prev\` is the \`hash\` of the line
before (64 zeros in the first), and \`hash\` is the SHA-256 of the bytes of the line in front of \`,"hash":"\`, in hexadecimal.
Nothing has to be written out anew to check it, so keep the bytes as they are. \`latchkey audit verify\` reads any number of files,
in any order, with other lines between:

\`\`\`sh
latchkey audit verify /var/log/latchkey/audit.jsonl*
aws logs tail latchkey-auth --since 30d --format short | latchkey audit verify -
\`\`\`

For each chain it says how many lines there are, from when to when, which are missing, altered, exchanged or there twice, and
whether the service stopped as it should. It ends with 1 where anything is wrong. The same, for one file in its order:

\`\`\`python
${independentCheck}
\`\`\`

**What a chain does not show.** Anyone who can write a file can cut off its end: a chain that ends without \`stop\` belongs to a service
that still runs, was killed, or lost its last lines. They can take away a whole chain. And without a key they can write all that
follows anew. So let the lines leave the machine at once (standard output, a log group that nobody may write to by hand), or set
\`AUDIT_KEY\` (\`openssl rand -base64 32\`) for the services and for \`latchkey audit verify\`, and keep it from those who can write the file:
\`hash\` is then the HMAC-SHA-256 with the bytes of that key. A chain begins with a start, so a key is changed by a restart.

## When it cannot be written

Nothing waits for a line. A megabyte of them is kept for each output while a disk is full or a pipe has no reader; what goes beyond is
lost, and the first line after that is \`lost\` with the number. An error in the log says so, \`latchkey_audit_log_up\` is 0, and
\`latchkey_audit_lines_lost\` counts. \`AUDIT_LOG_ON_FAILURE\` says what becomes of people meanwhile:

- \`continue\` (the default): everything goes on.
- \`refuse\`: what gives access and would leave a line is answered with 503 \`audit_unavailable\`, and with it refusals by a rule: sign-ins,
  and sessions for single hosts. Who is signed in and may pass goes on, for that leaves no line. Signing out, and what operators and
  providers end, goes on, too: to refuse that would keep people in. It is refused from the first failure on that was noticed,
  until a write has succeeded.

## CloudWatch

With \`AUDIT_LOG=stdout\` the filter pattern \`{ $.audit = 1 }\` finds the lines in the log groups of the services, for a metric or a
subscription that carries them to a place of their own. (Lines of the log have the word \`audit\`, too, with a text.)
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
