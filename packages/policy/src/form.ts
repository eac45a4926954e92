import { literalOf, identifierOf } from './literals.ts';
import { parseExpression } from './parse.ts';
import type { Expr, ParsedExpression } from './parse.ts';
import { printed } from './printed.ts';

/** What has to be so that an expression is true, or false, as far as that shows in how it is written. */
export type Form =
  | { readonly op: 'all' | 'any'; readonly parts: readonly Form[] }
  /** a variable is one of these values, or is none of them */
  | {
      readonly op: 'among' | 'notAmong';
      readonly variable: string;
      readonly values: readonly string[];
    };

/** What a variable is where it has no value. */
export const absent = 'absent';
/** The variable that says who it is: a person, a machine or a visitor. */
export const principal = 'principal';

/** An expression by what has to be so that it holds, and so that it is sure not to. Where it cannot be decided, neither is so. */
export type TwoForms = { readonly holds: Form; readonly fails: Form };

const open: Form = { op: 'all', parts: [] };
const never: Form = { op: 'any', parts: [] };

/**
 * Reads an expression that was found good.
 *
 * @throws MistakeError
 */
export function readForms(source: string): TwoForms {
  const parsed = parseExpression(source);
  return { holds: formOf(parsed, parsed.expr, true), fails: formOf(parsed, parsed.expr, false) };
}

function formOf(parsed: ParsedExpression, expr: Expr, wanted: boolean): Form {
  const macro = parsed.macroOf(expr);
  if (macro !== undefined) return ofMacro(macro, wanted);
  const { exprKind } = expr;
  if (exprKind.case === 'constExpr') return literalText(expr) === String(wanted) ? open : never;
  if (exprKind.case === 'selectExpr') return isOne(expr, ['true'], wanted);
  if (exprKind.case !== 'callExpr') return open;
  const { function: name, target, args } = exprKind.value;
  const [first, second, third] = args;
  if (target !== undefined || first === undefined) return ofPart(expr, wanted);
  if (name === '!_') return formOf(parsed, first, !wanted);
  if (second === undefined) return ofPart(expr, wanted);
  if (name === '_&&_' || name === '_||_') {
    const parts = [first, second].map((part) => formOf(parsed, part, wanted));
    return { op: (name === '_&&_') === wanted ? 'all' : 'any', parts };
  }
  if (name === '_?_:_' && third !== undefined) return chosen(parsed, [first, second, third], wanted);
  if (name === '_==_') return compared(expr, [first, second], wanted);
  if (name === '_!=_') return compared(expr, [first, second], !wanted);
  const texts = name === '@in' ? literalTexts(second) : undefined;
  return texts === undefined ? ofPart(expr, wanted) : isOne(first, texts, wanted);
}

function chosen(
  parsed: ParsedExpression,
  [condition, one, other]: readonly [Expr, Expr, Expr],
  wanted: boolean,
): Form {
  const ways = ([one, other] as const).map((part, at): Form => {
    const parts = [formOf(parsed, condition, at === 0), formOf(parsed, part, wanted)];
    return { op: 'all', parts };
  });
  return { op: 'any', parts: ways };
}

function compared(expr: Expr, [left, right]: readonly [Expr, Expr], wanted: boolean): Form {
  for (const [value, literal] of [
    [left, literalText(right)],
    [right, literalText(left)],
  ] as const) {
    if (literal !== undefined) return isOne(value, [literal], wanted);
  }
  return ofPart(expr, wanted);
}

// What there is no value for is equal to nothing, and different from nothing.
function isOne(expr: Expr, values: readonly string[], wanted: boolean): Form {
  if (!isPlain(expr)) return open;
  const variable = printed(expr);
  const said: Form = wanted
    ? { op: 'among', variable, values }
    : { op: 'notAmong', variable, values: [absent, ...values] };
  return { op: 'all', parts: [said, ...ownersOf(expr)] };
}

/** Something that is true or false as a whole. */
function ofPart(expr: Expr, wanted: boolean): Form {
  if (!isPlain(expr)) return open;
  const said: Form = { op: 'among', variable: printed(expr), values: [String(wanted)] };
  return { op: 'all', parts: [said, ...ownersOf(expr)] };
}

const alwaysThere: Readonly<Record<string, string>> = {
  'user.email': 'person',
  'user.domain': 'person',
  'machine.scopes': 'machine',
};

function ofMacro({ exprKind }: Expr, wanted: boolean): Form {
  if (exprKind.case !== 'callExpr') return open;
  const { function: name, args } = exprKind.value;
  const [fact] = args;
  if (name !== 'has' || fact === undefined || !isPlain(fact)) return open;
  const variable = printed(fact);
  if (wanted)
    return { op: 'all', parts: [{ op: 'notAmong', variable, values: [absent] }, ...ownersOf(fact)] };
  const owner = alwaysThere[variable];
  const parts: Form[] = [{ op: 'among', variable, values: [absent] }];
  if (owner !== undefined) parts.push({ op: 'notAmong', variable: principal, values: [owner] });
  return { op: 'all', parts };
}

const owners: Readonly<Record<string, string>> = { user: 'person', machine: 'machine' };

/** Whose facts it needs: nobody is a person and a machine at once. */
function ownersOf(expr: Expr): Form[] {
  const names = namesIn(expr);
  return Object.entries(owners)
    .filter(([name]) => names.includes(name))
    .map(([, owner]) => ({ op: 'among', variable: principal, values: [owner] }));
}

// Its value is one at a time, all its facts are needed, and it is the same wherever it is written again. Time goes on meanwhile.
function isPlain(expr: Expr): boolean {
  const { exprKind } = expr;
  switch (exprKind.case) {
    case 'constExpr':
    case 'listExpr':
    case 'identExpr':
      return true;
    case 'selectExpr': {
      const { operand, field, testOnly } = exprKind.value;
      if (operand === undefined || testOnly || (identifierOf(operand) === 'request' && field === 'time'))
        return false;
      return isPlain(operand);
    }
    case 'callExpr': {
      const { function: name, target, args } = exprKind.value;
      const parts = target === undefined ? args : [target, ...args];
      return !/^(?:_&&_|_\|\|_|!_|_\?_:_|_==_|_!=_)$/.test(name) && parts.every(isPlain);
    }
    case 'structExpr':
    case 'comprehensionExpr':
    case undefined:
  }
  return false;
}

function namesIn(expr: Expr): string[] {
  const { exprKind } = expr;
  if (exprKind.case === 'identExpr') return [exprKind.value.name];
  if (exprKind.case === 'selectExpr') return exprKind.value.operand ? namesIn(exprKind.value.operand) : [];
  if (exprKind.case !== 'callExpr') return [];
  const { target, args } = exprKind.value;
  return [...(target ? [target] : []), ...args].flatMap(namesIn);
}

function literalText(expr: Expr): string | undefined {
  if (expr.exprKind.case !== 'constExpr') return undefined;
  return printed(expr);
}

function literalTexts({ exprKind }: Expr): string[] | undefined {
  if (exprKind.case !== 'listExpr') return undefined;
  const texts = exprKind.value.elements.map((element) => literalOf(element));
  return texts.flatMap((text) => (text === undefined ? [] : [JSON.stringify(text)]));
}

/** A leaf of a form. */
export type Statement = Extract<Form, { variable: string }>;

/** Every leaf of a form. */
export function statementsOf(form: Form): Statement[] {
  return 'parts' in form ? form.parts.flatMap(statementsOf) : [form];
}
