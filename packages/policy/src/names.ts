import { isReserved } from '@latchkey/identity';
import { orMeant } from './advice.ts';
import { deviceFact, factGroups } from './facts.ts';
import type { Fact, FactGroup } from './facts.ts';
import { hasHeader } from './header.ts';
import { literalOf, identifierOf } from './literals.ts';
import { mapped } from './operators.ts';
import type { Expr } from './parse.ts';
import type { Reading, Surroundings } from './reading.ts';
import type { Of, Typed } from './typed.ts';

/** Reads a name that stands alone: only the variable of a macro may. */
export function readName({ refuse, item }: Reading, expr: Expr, name: string): Typed {
  const each = item();
  if (name === each?.name) return { type: 'text', of: each.of };
  const group = groupOf(name);
  if (group !== undefined) {
    const [example = ''] = Object.keys(group.facts);
    const message = `\`${name}\` alone is no value: write a fact of it, such as \`${name}.${example}\``;
    return refuse('type', expr, message);
  }
  if (name === 'networks') return refuse('type', expr, 'Write `request.address in networks.NAME`');
  const known = [...Object.keys(factGroups), 'networks'];
  return refuse('unknown', expr, `There is no fact \`${name}\`${orMeant(name, known)}`);
}

/** Reads `user.email` and the like. */
export function readField(reading: Reading, expr: Expr): Typed {
  const { operand, field } = selectOf(reading, expr);
  const owner = identifierOf(operand);
  if (owner === 'networks') return readNetwork(reading, expr, field);
  const group = owner === undefined ? undefined : groupOf(owner);
  if (owner === undefined || group === undefined) return fieldOf(reading, expr, reading.read(operand), field);
  const name = `${owner}.${field}`;
  const { deviceHeaders, facts } = reading.surroundings;
  const configured = owner === 'device' ? deviceHeaders : noHeaders;
  const fact = factOf(group, configured, field);
  if (fact === undefined) {
    const known = [...Object.keys(group.facts), ...configured.keys()].map((each) => `${owner}.${each}`);
    return reading.refuse('unknown', expr, `There is no fact \`${name}\`${orMeant(name, known)}`);
  }
  if (facts?.has(name) === false) {
    const message = `\`${name}\` is not known here: write one of ${[...facts].join(', ')}`;
    return reading.refuse('unknown', expr, message);
  }
  reading.reads(fact.reads);
  if (fact.shown !== undefined) reading.looksAt(name, fact.shown);
  return fact.value;
}

/** Reads a member of a claim, or a header. */
export function fieldOf(
  { refuse, looksAt, surroundings }: Reading,
  expr: Expr,
  value: Typed,
  name: string,
): Typed {
  if (value.type === 'claim') {
    const of = mapped(value.of, (json) => memberOf(json, name));
    looksAt(pathOf(expr), mapped(of, shortJson));
    return { type: 'claim', of };
  }
  if (value.type !== 'mapping') {
    return refuse('type', expr, `A ${value.type} has no fields: remove \`${name}\``);
  }
  const flaw = headerFlaw(name, surroundings);
  if (flaw !== undefined) return refuse('type', expr, flaw);
  const of = value.field(name);
  looksAt(
    `request.headers[${JSON.stringify(name)}]`,
    mapped(of, (text) => JSON.stringify(text)),
  );
  const has: Of<boolean> = ({ asked }) => asked && hasHeader(name, asked.rawHeaders);
  return { type: 'text', of, has };
}

/** The parts of `operand.field`. */
export function selectOf({ refuse }: Reading, expr: Expr): { operand: Expr; field: string } {
  const { exprKind } = expr;
  if (exprKind.case !== 'selectExpr' || exprKind.value.operand === undefined) {
    return refuse('type', expr, 'Write a fact here, such as `user.email`');
  }
  return { operand: exprKind.value.operand, field: exprKind.value.field };
}

function groupOf(name: string): FactGroup | undefined {
  return Object.hasOwn(factGroups, name) ? factGroups[name] : undefined;
}

const noHeaders: Surroundings['deviceHeaders'] = new Map();

function factOf({ facts }: FactGroup, configured: typeof noHeaders, name: string): Fact | undefined {
  if (Object.hasOwn(facts, name)) return facts[name];
  const header = configured.get(name);
  return header === undefined ? undefined : deviceFact(header);
}

function readNetwork(reading: Reading, expr: Expr, name: string): Typed {
  const { networks } = reading.surroundings;
  const holds = networks.get(name);
  if (holds !== undefined) {
    reading.namesNetwork(name);
    return { type: 'network', holds };
  }
  const advice =
    networks.size === 0
      ? ': name its ranges in `networks` at the root of the file'
      : orMeant(name, [...networks.keys()]);
  return reading.refuse('unknown', expr, `There is no network \`${name}\`${advice}`);
}

function memberOf(json: unknown, name: string): unknown {
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, name)) return undefined;
  return Object.entries(json).find(([key]) => key === name)?.[1];
}

const longestShown = 200;

function shortJson(json: unknown): string | undefined {
  return JSON.stringify(json)?.slice(0, longestShown);
}

function pathOf({ exprKind }: Expr): string {
  if (exprKind.case === 'identExpr') return exprKind.value.name;
  if (exprKind.case === 'selectExpr' && exprKind.value.operand !== undefined) {
    return `${pathOf(exprKind.value.operand)}.${exprKind.value.field}`;
  }
  const [of, index] = exprKind.case === 'callExpr' ? exprKind.value.args : [];
  if (of === undefined || index === undefined) return '';
  return `${pathOf(of)}[${JSON.stringify(literalOf(index))}]`;
}

// Credentials are no facts: what a rule looks at is shown to operators.
const credentials: ReadonlySet<string> = new Set(['cookie', 'authorization', 'proxy-authorization']);

// Besides what no application believes of a caller: more of what servers in front are known to say.
const notProven = /^(?:forwarded-|(?:x-)?client-(?:verify|s-dn|i-dn|serial))/;

function headerFlaw(name: string, { deviceHeaders }: Surroundings): string | undefined {
  const shown = JSON.stringify(name);
  if (!/^[a-z0-9!#$%&'*+.^`|~-]+$/.test(name)) {
    return `${shown} is no name of a header here: write it in lower case and with dashes, such as "x-client"`;
  }
  if (credentials.has(name)) {
    return `${shown} holds credentials, which no rule reads: write a fact of \`user\` or \`machine\``;
  }
  const [device] = [...deviceHeaders].find(([, header]) => header === name) ?? [];
  if (device !== undefined) return `${shown} has a fact of its own: write \`device.${device}\``;
  if (name === 'host') return `${shown} has a fact of its own: write \`request.host\``;
  if (!isReserved(name) && !notProven.test(name)) return undefined;
  return `${shown} is whatever a caller writes: write \`request.address\` or \`request.host\``;
}
