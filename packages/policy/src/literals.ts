import type { Expr } from './parse.ts';
import type { Of, Typed } from './typed.ts';

/** The name that a part of an expression is. */
export function identifierOf({ exprKind }: Expr): string | undefined {
  return exprKind.case === 'identExpr' ? exprKind.value.name : undefined;
}

/** The text in quotes that it is. */
export function literalOf({ exprKind }: Expr): string | undefined {
  const kind = exprKind.case === 'constExpr' ? exprKind.value.constantKind : undefined;
  return kind?.case === 'stringValue' ? kind.value : undefined;
}

/** A text as it is written. */
export function literal(value: string): Typed {
  return { type: 'text', of: () => value, literal: value };
}

/** `true` or `false` as it is written. */
export function constant(value: boolean): Typed {
  return { type: 'truth value', of: () => value, constant: value };
}

/** What holds, does not hold, or cannot be decided. */
export function truth(of: Of<boolean>): Typed {
  return { type: 'truth value', of };
}

const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** `1h30m` in milliseconds; undefined for what is no duration. */
export function durationOf(text: string): number | undefined {
  if (!/^-?(?:\d{1,9}(?:h|ms|m|s))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)(h|ms|m|s)/g)];
  const ms = parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (units[unit] ?? 0), 0);
  return text.startsWith('-') ? -ms : ms;
}

/** A moment as RFC 3339 writes it, in milliseconds since the epoch. */
export function momentOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
