import { isDeepStrictEqual } from 'node:util';
import type { Of, Typed } from './typed.ts';

/** Both hold; one that does not settles it, whatever the other is. */
export function both(one: Of<boolean>, other: Of<boolean>): Of<boolean> {
  return function and(input) {
    const first = one(input);
    if (first === false) return false;
    const second = other(input);
    return second === true ? first : second;
  };
}

/** Either holds; one that does settles it, whatever the other is. */
export function either(one: Of<boolean>, other: Of<boolean>): Of<boolean> {
  return function or(input) {
    const first = one(input);
    if (first === true) return true;
    const second = other(input);
    return second === false ? first : second;
  };
}

/** What holds of a value that can be found. */
export function mapped<From, To>(of: Of<From>, map: (value: From) => To | undefined): Of<To> {
  return function found(input) {
    const value = of(input);
    return value === undefined ? undefined : map(value);
  };
}

/** What holds of two values that can be found. */
export function paired<One, Other, To>(
  one: Of<One>,
  other: Of<Other>,
  map: (first: One, second: Other) => To | undefined,
): Of<To> {
  return function found(input) {
    const first = one(input);
    const second = other(input);
    return first === undefined || second === undefined ? undefined : map(first, second);
  };
}

/** Whether two values are the same; undefined where their types can never be. */
export function equal(one: Typed, other: Typed): Of<boolean> | undefined {
  if (one.type === 'claim')
    return isJson(other) ? paired<unknown, unknown, boolean>(one.of, other.of, isDeepStrictEqual) : undefined;
  if (other.type === 'claim') return equal(other, one);
  if (one.type !== other.type || !isPlain(one) || !isPlain(other)) return undefined;
  return paired<unknown, unknown, boolean>(one.of, other.of, same);
}

function same(one: unknown, other: unknown): boolean {
  return one === other;
}

type Json = Extract<Typed, { type: 'truth value' | 'text' | 'number' | 'claim' }>;

// A moment is no JSON: the claim would be compared with a number that nobody has written.
function isJson(typed: Typed): typed is Json {
  return ['truth value', 'text', 'number', 'claim'].includes(typed.type);
}

type Plain = Extract<Typed, { type: 'truth value' | 'text' | 'number' | 'moment' | 'duration' }>;

function isPlain(typed: Typed): typed is Plain {
  const { type } = typed;
  return ['truth value', 'text', 'number', 'moment', 'duration'].includes(type);
}

const orders = {
  '_<_': (one: number, other: number) => one < other,
  '_<=_': (one: number, other: number) => one <= other,
  '_>_': (one: number, other: number) => one > other,
  '_>=_': (one: number, other: number) => one >= other,
};

/** Which comes first, of two numbers, moments or durations; undefined for all else. */
export function ordered(operator: string, one: Typed, other: Typed): Of<boolean> | undefined {
  if (!isOrder(operator) || one.type !== other.type) return undefined;
  return 'of' in one && isNumeric(one) && isNumeric(other)
    ? paired(one.of, other.of, orders[operator])
    : undefined;
}

function isOrder(operator: string): operator is keyof typeof orders {
  return Object.hasOwn(orders, operator);
}

type Numeric = Extract<Typed, { type: 'number' | 'moment' | 'duration' }>;

function isNumeric(typed: Typed): typed is Numeric {
  return typed.type === 'number' || typed.type === 'moment' || typed.type === 'duration';
}

/** Arithmetic of time; undefined for all else. */
export function shifted(operator: string, one: Typed, other: Typed): Typed | undefined {
  if (!isNumeric(one) || !isNumeric(other)) return undefined;
  const type = resultOf(operator, one.type, other.type);
  if (type === undefined) return undefined;
  const sign = operator === '_-_' ? -1 : 1;
  return { type, of: paired(one.of, other.of, (first, second) => first + sign * second) };
}

function resultOf(
  operator: string,
  one: Numeric['type'],
  other: Numeric['type'],
): Numeric['type'] | undefined {
  const key = `${one} ${operator} ${other}`;
  if (key === 'moment _-_ moment') return 'duration';
  if (key === 'moment _-_ duration' || key === 'moment _+_ duration' || key === 'duration _+_ moment')
    return 'moment';
  return one === 'duration' && other === 'duration' && /^_[+-]_$/.test(operator) ? 'duration' : undefined;
}
