import { hintFor, orMeant } from './advice.ts';
import { clockParts, offsetIn } from './clock-face.ts';
import { literalOf, truth } from './literals.ts';
import { noticeText } from './never-equal.ts';
import { mapped, paired } from './operators.ts';
import type { Expr } from './parse.ts';
import type { Reading } from './reading.ts';
import type { Of, Typed } from './typed.ts';

type MethodCall = { readonly name: string; readonly target: Expr; readonly args: readonly Expr[] };

const textMethods: Readonly<Record<string, (text: string, other: string) => boolean>> = {
  startsWith: (text, other) => text.startsWith(other),
  endsWith: (text, other) => text.endsWith(other),
  contains: (text, other) => text.includes(other),
};
const methodNames = [...Object.keys(textMethods), 'matches', 'lowerAscii', 'size'];

/** Reads `text.startsWith("a")`, `moment.getHours()` and the like. */
export function readMethod(reading: Reading, expr: Expr, { name, target, args }: MethodCall): Typed {
  const { refuse } = reading;
  if (name === 'size' && args.length === 0) return sized(reading, target);
  const value = reading.read(target);
  if (value.type === 'moment') return clockMethod(reading, expr, { name, args }, value.of);
  const text = textOf(value);
  if (text === undefined) return refuse('type', expr, `A ${value.type} has no \`${name}\`${hintFor(value)}`);
  if (name === 'lowerAscii' && args.length === 0) return { type: 'text', of: mapped(text, lowerAscii) };
  if (name === 'matches') return truth(mapped(text, patternOf(reading, expr, args)));
  const method = Object.hasOwn(textMethods, name) ? textMethods[name] : undefined;
  if (method === undefined) {
    return refuse('unknown', expr, `A text has no \`${name}\`${orMeant(name, methodNames)}`);
  }
  const [argument, ...more] = args;
  const other = argument && reading.read(argument);
  if (argument === undefined || other?.type !== 'text' || more.length > 0) {
    return refuse('type', argument ?? expr, `\`${name}\` takes one text: write it in quotes`);
  }
  if (name === 'startsWith' && other.literal !== undefined) {
    noticeText(reading, value, other.literal, argument);
  }
  return truth(paired(text, other.of, method));
}

// As for paths: it takes its time per character, and a caller may send many.
const longestMatched = 8_192;

/** How many characters or entries there are. */
export function sized({ read, refuse }: Reading, expr: Expr): Typed {
  const value = read(expr);
  if (value.type === 'text') {
    return { type: 'number', of: mapped(value.of, (text) => Array.from(text).length) };
  }
  if (value.type === 'list of texts') {
    return { type: 'number', of: mapped(value.of, ({ length }) => length) };
  }
  return refuse('type', expr, `A ${value.type} has no size: write a text or a list`);
}

// What a claim holds is known only when one comes.
function textOf(value: Typed): Of<string> | undefined {
  if (value.type === 'text') return value.of;
  if (value.type !== 'claim') return undefined;
  return mapped(value.of, (json) => (typeof json === 'string' ? json : undefined));
}

function patternOf(
  { refuse, surroundings }: Reading,
  expr: Expr,
  [argument, ...more]: readonly Expr[],
): (text: string) => boolean | undefined {
  const source = argument && literalOf(argument);
  if (argument === undefined || source === undefined || more.length > 0) {
    const message = '`matches` takes one pattern: write it in quotes, so that it is compiled once';
    return refuse('type', argument ?? expr, message);
  }
  const compiled = surroundings.compilePattern(source);
  if (!compiled.ok) return refuse('pattern', argument, `This pattern cannot be used: ${compiled.reason}`);
  return (text) => (text.length > longestMatched ? undefined : compiled.pattern.test(text));
}

function clockMethod(
  { refuse }: Reading,
  expr: Expr,
  { name, args: [zone, ...more] }: Omit<MethodCall, 'target'>,
  of: Of<number>,
): Typed {
  const part = Object.hasOwn(clockParts, name) ? clockParts[name] : undefined;
  if (part === undefined || more.length > 0) {
    return refuse('unknown', expr, `A moment has no \`${name}\`${orMeant(name, Object.keys(clockParts))}`);
  }
  if (zone === undefined) return { type: 'number', of: mapped(of, (at) => part(new Date(at))) };
  const written = literalOf(zone);
  const offset = written === undefined ? undefined : offsetIn(written);
  if (offset === undefined) {
    const message = 'This is not a time zone: write one such as "Europe/Berlin", "UTC" or "+02:00"';
    return refuse('type', zone, message);
  }
  return { type: 'number', of: mapped(of, (at) => part(new Date(at + offset(at)))) };
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase());
}
