import type { Finding } from '../finding.ts';
import type { Io } from '../io.ts';
import { paintFor, printable } from '../output/terminal.ts';
import type { MigrationRule, MigrationSubject, RulePlace } from './rule.ts';

/** A rule that found something, and where. */
export type MigrationDifference = { readonly rule: MigrationRule; readonly places: readonly RulePlace[] };

const shownPlaces = 10;

/** What each rule finds, the worst first; rules that find nothing are left out. */
export function differencesOf(
  subject: MigrationSubject,
  rules: readonly MigrationRule[],
): MigrationDifference[] {
  const order = ['error', 'warning', 'notice'];
  return rules
    .map((rule) => ({ rule, places: distinct(rule.find(subject)) }))
    .filter(({ places }) => places.length > 0)
    .toSorted((a, b) => order.indexOf(a.rule.severity) - order.indexOf(b.rule.severity));
}

/** Each place as a finding of its own, for formats that show one at a time. */
export function findingsOf(differences: readonly MigrationDifference[]): Finding[] {
  return differences.flatMap(({ rule: { code, severity, title, before, now, todo }, places }) =>
    places.map(({ file, line, column, about }) => {
      const subject = about === undefined ? title : `${title}: ${about}`;
      const message = `${subject}. BuzzFeed SSO: ${before} Latchkey: ${now} What to do: ${todo}`;
      return { code, severity, message, file, line, column };
    }),
  );
}

/** The differences for people, each once, with its places below. */
export function renderDifferences(
  differences: readonly MigrationDifference[],
  io: Pick<Io, 'isTerminal' | 'env'>,
): string {
  const paint = paintFor(io);
  const colours = { error: paint.red, warning: paint.yellow, notice: paint.bold };
  const blocks = differences.map(({ rule, places }) => {
    const { code, severity, title, before, now, todo } = rule;
    const further = places.length - shownPlaces;
    return [
      `${colours[severity](severity)} ${code} ${paint.bold(title)}`,
      ...places.slice(0, shownPlaces).map((place) => `  ${renderPlace(place)}`),
      ...(further > 0 ? [`  and at ${further} more places; --format json has them all`] : []),
      `  ${paint.dim('BuzzFeed SSO:')} ${before}`,
      `  ${paint.dim('Latchkey:')} ${now}`,
      `  ${paint.dim('What to do:')} ${todo}`,
      '',
    ].join('\n');
  });
  return `${blocks.join('\n')}\n${summaryOf(differences)}\n`;
}

function renderPlace({ file, line, column, about }: RulePlace): string {
  return printable(`${file}:${line}:${column}${about === undefined ? '' : ` ${about}`}`);
}

function summaryOf(differences: readonly MigrationDifference[]): string {
  const countOf = (severity: Finding['severity']): number =>
    differences.filter(({ rule }) => rule.severity === severity).length;
  return `${countOf('error')} to put right before it starts, ${countOf('warning')} to look at, ${countOf('notice')} to know.`;
}

function distinct(places: readonly RulePlace[]): RulePlace[] {
  const seen = new Map(
    places.map((place) => [`${place.file}:${place.line}:${place.column} ${place.about}`, place]),
  );
  return [...seen.values()];
}
