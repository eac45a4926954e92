import { createRequire } from 'node:module';
import type { parse as celParse } from '@bufbuild/cel';
import { MistakeError } from './mistake.ts';

/** The syntax tree of an expression. */
export type Expr = ReturnType<typeof celParse>['expr'];

/** A call as it is parsed; operators are calls, too. */
export type CallExpr = Extract<Expr['exprKind'], { case: 'callExpr' }>['value'];

/** An expression as a tree, where each of its parts begins, and which of them were written as a macro, such as `has(x.y)`. */
export type ParsedExpression = {
  readonly expr: Expr;
  readonly offsetOf: (expr: Expr) => number;
  readonly macroOf: (expr: Expr) => Expr | undefined;
};

/** In characters. Nobody follows a longer one; parsing takes 20 µs for each. */
export const longestExpression = 1_000;
/** How deep brackets may stand in each other. */
export const deepestBrackets = 16;

let loaded: typeof celParse | undefined;

// A third of a second of a start, and so only where a rule is written. What reads a file waits for nothing.
function parser(): typeof celParse {
  if (loaded === undefined) {
    const cel: { parse: typeof celParse } = createRequire(import.meta.url)('@bufbuild/cel');
    loaded = cel.parse;
  }
  return loaded;
}

/**
 * Reads an expression in the syntax of CEL.
 *
 * @throws MistakeError
 */
export function parseExpression(source: string): ParsedExpression {
  refuseBombs(source);
  try {
    const { expr, sourceInfo } = parser()(source);
    return {
      expr,
      offsetOf: ({ id }) => pastBlanks(source, sourceInfo?.positions[String(id)] ?? 0),
      macroOf: ({ id }) => sourceInfo?.macroCalls[String(id)],
    };
  } catch (error) {
    const at = offsetOfError(error) ?? 0;
    throw new MistakeError('syntax', at, syntaxAdvice(source, at));
  }
}

// A field and a method stand behind their dot, an operator behind blanks.
function pastBlanks(source: string, offset: number): number {
  const blanks = /^[\s.]*/.exec(source.slice(offset))?.[0] ?? '';
  return offset + blanks.length;
}

function refuseBombs(source: string): void {
  if (source.length > longestExpression) {
    const message = `The expression has ${source.length} characters, and may have at most ${longestExpression}: write several rules`;
    throw new MistakeError('size', 0, message);
  }
  let depth = 0;
  for (let at = 0; at < source.length; at += 1) {
    const character = source.charAt(at);
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth = Math.max(0, depth - 1);
    if (depth > deepestBrackets) {
      throw new MistakeError('size', at, `More than ${deepestBrackets} brackets are open here: nest less`);
    }
  }
}

function offsetOfError(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('location' in error)) return undefined;
  const { location } = error;
  if (typeof location !== 'object' || location === null || !('start' in location)) return undefined;
  const { start } = location;
  if (typeof start !== 'object' || start === null || !('offset' in start)) return undefined;
  return typeof start.offset === 'number' ? start.offset : undefined;
}

/** What people write who know another language. */
const meant: ReadonlyArray<readonly [found: RegExp, write: string]> = [
  [/^=(?!=)/, '`==` to compare'],
  [/^(?:&(?!&)|and\b)/i, '`&&`'],
  [/^(?:\|(?!\|)|or\b)/i, '`||`'],
  [/^(?:not\b)/i, '`!` in front of a condition that has to be false'],
  [/^is\b/i, '`==` to compare'],
  [/^["']/, 'the quote at its end, and a backslash before a quote inside'],
];

function syntaxAdvice(source: string, at: number): string {
  const rest = source.slice(at);
  if (rest.trim() === '' || /^(?:[=!]=|[<>]=?|&&|\|\||[-+!]|in)\s*$/.test(rest))
    return 'The expression ends too early: write what is missing here';
  const found = /^(?:\w+|\S)/.exec(rest)?.[0] ?? rest.charAt(0);
  const write =
    meant.find(([pattern]) => pattern.test(rest))?.[1] ??
    'an operator such as `==`, `&&`, `in`, or remove it';
  return `The expression cannot be read from ${JSON.stringify(found)} on: write ${write}`;
}
