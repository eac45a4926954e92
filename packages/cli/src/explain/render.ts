import { explanationJson } from '@latchkey/explain';
import type { RuleOutcome } from '@latchkey/access';
import type { ExplainedRequest, Explanation, Requester, ShownToken, SignInStep } from '@latchkey/explain';
import type { Diagnostic } from '@latchkey/upstreams';
import type { Paint } from '../output/terminal.ts';
import { printable } from '../output/terminal.ts';
import { notesOn } from './notes.ts';
import type { Explained } from './explained.ts';

/** For whom it is rendered: where the routes are from, and what of the file may mislead. */
type Around = {
  readonly file: string;
  readonly warnings: readonly Diagnostic[];
  readonly paint: Paint;
};

/** A answer for people: the facts, each step with what became of it, what happens, and what is sent on. */
export function renderAnswer(explained: Explained, { file, warnings, paint }: Around): string {
  const { asked, requester, answer } = explained;
  const { allow, outcome, redirect, upstream } = answer;
  const lines = [
    ...factsOf(asked, requester, answer, file).map(
      ([label, text]) => `${paint.dim(label.padEnd(8))} ${printable(text)}`,
    ),
    '',
    ...blocksOf(answer, paint),
    ...(redirect === undefined ? [] : [printable(`first: 308 to ${redirect}, and there:`)]),
    (allow ? paint.green : paint.red)(printable(outcome)),
    ...(upstream === undefined ? [] : [`forwarded to ${printable(upstream.url)}`]),
    ...(upstream?.headers ?? []).map(([name, value]) => renderHeader(name, value, paint)),
    ...(upstream && isPublic(answer) ? ['  and nothing about who is asking, signed in or not'] : []),
    ...(upstream && asked.incoming.kind === 'websocket'
      ? ['and a WebSocket once the application answers 101']
      : []),
    ...notesOn(explained).map((note) => `note: ${printable(note)}`),
    ...warnings.map(({ message, code }) => `note: ${printable(message)} (${code})`),
  ];
  return `${lines.join('\n')}\n`;
}

/** A answer for programs. */
export function answerJson(explained: Explained, { warnings }: Pick<Around, 'warnings'>): object {
  const { asked, requester, answer } = explained;
  return {
    ...explanationJson(asked, requester, answer),
    notes: [...notesOn(explained), ...warnings.map(({ message, code }) => `${message} (${code})`)],
  };
}

function factsOf(
  { method, url, token, incoming: { read } }: ExplainedRequest,
  requester: Requester,
  { route }: Explanation,
  file: string,
): Array<[label: string, text: string]> {
  const facts: Array<[label: string, text: string]> = [['request', `${method} ${url}`]];
  if (typeof read !== 'string') {
    facts.push(
      ['host', read.host],
      ['path', read.path ?? `${read.rawPath} can be read in two ways, so no public pattern applies to it`],
    );
  }
  facts.push(['person', describeAsker(requester)]);
  if (token !== undefined) facts.push(['token', describeToken(token)]);
  if (route) {
    facts.push(['route', `${route.id}, ${route.kind}, from ${route.from} (${file}:${route.position.line})`]);
  }
  return facts;
}

/** In the order in which they are asked, with what kind each step is. */
function blocksOf({ signIn, rules }: Explanation, paint: Paint): string[] {
  const blocks: ReadonlyArray<[heading: string, steps: ReadonlyArray<SignInStep | RuleOutcome>]> = [
    [
      'do rules refuse it, and does the guardrail let it through?',
      rules.filter(({ about }) => about === 'gate'),
    ],
    ['open to anybody?', rules.filter(({ about }) => about === 'request')],
    ['does auth let this person sign in?', signIn],
    ['do the rules let this person in?', rules.filter(({ about }) => about === 'principal')],
  ];
  const lines = blocks.flatMap(([heading, steps]) =>
    steps.length === 0 ? [] : [paint.bold(heading), ...steps.flatMap((step) => renderStep(step, paint))],
  );
  return lines.length === 0 ? [] : [...lines, ''];
}

function renderStep(step: SignInStep | RuleOutcome, paint: Paint): string[] {
  const { rule, outcome } = step;
  const isRefusal = 'about' in step && step.about === 'gate' && rule.endsWith(' deny_if');
  const colour = {
    hit: isRefusal ? paint.red : paint.green,
    miss: isRefusal ? paint.green : paint.yellow,
    unknown: isRefusal ? paint.red : paint.yellow,
    'not reached': paint.dim,
  }[outcome];
  const line = `  ${colour(outcome.padEnd(11))}  ${printable(rule)}`;
  const { expression, facts = [] } = 'about' in step ? step : {};
  if (expression === undefined) return [line];
  const indent = ' '.repeat(15);
  return [
    line,
    ...expression.split('\n').map((text) => `${indent}${printable(text.trim())}`),
    ...facts.map(({ name, value }) => paint.dim(`${indent}  ${name}: ${printable(value ?? 'absent')}`)),
  ];
}

function renderHeader(name: string, value: string, paint: Paint): string {
  return `  ${paint.dim(`${name}:`)} ${value === '' ? '(empty)' : printable(value)}`;
}

function isPublic({ rules }: Explanation): boolean {
  return rules.some(({ about, outcome }) => about === 'request' && outcome === 'hit');
}

function describeAsker(requester: Requester): string {
  if (requester === undefined) return 'nobody is signed in';
  const groups = requester.groups.length === 0 ? 'in no group' : `in ${requester.groups.join(', ')}`;
  return `${requester.email}, ${groups}`;
}

function describeToken({ scopes, subject, client, issuer }: ShownToken): string {
  const parts = [
    scopes.length === 0 ? 'without scopes' : `scopes ${scopes.join(', ')}`,
    ...(subject === undefined ? [] : [`subject ${subject}`]),
    ...(client === undefined ? [] : [`client ${client}`]),
    ...(issuer === undefined ? [] : [`of ${issuer}`]),
  ];
  return parts.join('; ');
}
