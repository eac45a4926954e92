import { neverSame, orMeant } from './advice.ts';
import { contained } from './contained.ts';
import { durationOf, literalOf, momentOf, truth } from './literals.ts';
import { readMethod, sized } from './methods.ts';
import { fieldOf } from './names.ts';
import { noticeNeverEqual } from './never-equal.ts';
import { both, either, equal, mapped, ordered, shifted } from './operators.ts';
import type { CallExpr, Expr } from './parse.ts';
import type { Reading } from './reading.ts';
import type { Typed } from './typed.ts';

const functionNames = ['has', 'size', 'duration', 'timestamp'];
const operatorNames = '`==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `&&`, `||`, `!`';

/** Reads a call of a function, of a method or of an operator. */
export function readCall(reading: Reading, expr: Expr, call: CallExpr): Typed {
  const { function: name, target, args } = call;
  if (target !== undefined) return readMethod(reading, expr, { name, target, args });
  const [first, second, third] = args;
  if (first !== undefined) {
    if (name === '!_') return negated(reading, first);
    if (name === 'size') return sized(reading, first);
    if (name === 'duration' || name === 'timestamp') return readTime(reading, name, first);
  }
  if (first !== undefined && second !== undefined) {
    if (name === '_?_:_' && third !== undefined) return chosen(reading, first, second, third);
    if (/^_|^@in$/.test(name)) return readOperator(reading, expr, name, [first, second]);
  }
  return reading.refuse('unknown', expr, `There is no function \`${name}\`${orMeant(name, functionNames)}`);
}

type Two = readonly [left: Expr, right: Expr];

function readOperator(reading: Reading, expr: Expr, name: string, [left, right]: Two): Typed {
  const { read, refuse } = reading;
  if (name === '_&&_' || name === '_||_') return joined(reading, name === '_&&_', [left, right]);
  if (name === '_[_]') return indexed(reading, expr, [left, right]);
  const one = read(left);
  const other = read(right);
  if (name === '@in') return contained(reading, expr, { value: one, at: left }, { value: other, at: right });
  const sign = name.replaceAll('_', '');
  if (name === '_==_' || name === '_!=_') {
    const same = equal(one, other);
    if (same === undefined) return refuse('type', expr, neverSame(sign, one, other));
    noticeNeverEqual(reading, { value: one, at: left }, { value: other, at: right });
    return truth(name === '_==_' ? same : mapped(same, (is) => !is));
  }
  const order = ordered(name, one, other);
  if (order !== undefined) return truth(order);
  const result = shifted(name, one, other);
  if (result !== undefined) return result;
  const isKnown = /^_(?:[<>]=?|[+-])_$/.test(name);
  const message = isKnown
    ? `\`${sign}\` stands between a ${one.type} and a ${other.type}: write two of a kind`
    : `\`${sign}\` is not used here: write one of ${operatorNames}`;
  return refuse('type', expr, message);
}

function joined(reading: Reading, isAnd: boolean, [left, right]: Two): Typed {
  const [one, other] = [truthOf(reading, left), truthOf(reading, right)];
  const constants = [one.constant, other.constant];
  const constant = constants.find((each) => each === !isAnd) ?? constants.find((each) => each === undefined);
  return {
    type: 'truth value',
    of: (isAnd ? both : either)(one.of, other.of),
    constant: constants.every((each) => each === isAnd) ? isAnd : constant,
  };
}

function truthOf({ read, refuse }: Reading, expr: Expr): Extract<Typed, { type: 'truth value' }> {
  const value = read(expr);
  if (value.type === 'truth value') return value;
  const message = `This is a ${value.type}, not a condition: compare it, with \`==\` or \`in\``;
  return refuse('type', expr, message);
}

function negated(reading: Reading, expr: Expr): Typed {
  const { of, constant } = truthOf(reading, expr);
  return {
    type: 'truth value',
    of: mapped(of, (holds) => !holds),
    constant: constant === undefined ? undefined : !constant,
  };
}

function chosen(reading: Reading, condition: Expr, then: Expr, otherwise: Expr): Typed {
  const which = truthOf(reading, condition);
  const [one, other] = [truthOf(reading, then), truthOf(reading, otherwise)];
  return truth((input) => {
    const holds = which.of(input);
    return holds === undefined ? undefined : (holds ? one : other).of(input);
  });
}

function readTime({ refuse }: Reading, name: 'duration' | 'timestamp', argument: Expr): Typed {
  const written = literalOf(argument);
  const isDuration = name === 'duration';
  const at = written === undefined ? undefined : isDuration ? durationOf(written) : momentOf(written);
  if (at !== undefined) return { type: isDuration ? 'duration' : 'moment', of: () => at };
  const example = isDuration ? '"8h", "90m" or "1h30m"' : '"2026-12-24T18:00:00Z"';
  return refuse('type', argument, `\`${name}\` takes a text such as ${example}: write one`);
}

function indexed(reading: Reading, expr: Expr, [left, right]: Two): Typed {
  const name = literalOf(right);
  if (name === undefined) {
    return reading.refuse('type', right, 'Only a text in quotes can stand in `[…]`: write the name');
  }
  return fieldOf(reading, expr, reading.read(left), name);
}
