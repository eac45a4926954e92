import { readCall } from './calls.ts';
import type { Fact } from './facts.ts';
import { constant, literal } from './literals.ts';
import { readMacro } from './macros.ts';
import { MistakeError } from './mistake.ts';
import type { Mistake } from './mistake.ts';
import { readField, readName } from './names.ts';
import { parseExpression } from './parse.ts';
import type { Expr, ParsedExpression } from './parse.ts';
import type { Reading, Surroundings } from './reading.ts';
import type { Of, Typed } from './typed.ts';

/** A fact that an expression names. */
export type UsedFact = { readonly name: string; readonly shown: Of<string> };

/** An expression that was found good. */
export type Expression = {
  readonly reads: ReadonlySet<Fact['reads']>;
  /** that it asks about */
  readonly groups: readonly string[];
  /** that it names */
  readonly networks: readonly string[];
  readonly facts: readonly UsedFact[];
  /** what it gives for every request, where that is certain */
  readonly constant: boolean | undefined;
  /** Undefined where a fact that it needs is absent. */
  readonly decide: Of<boolean>;
  /** what is odd about it, though it may be meant */
  readonly warnings: readonly Mistake[];
};

/** An expression, or what is wrong with it. */
export type Compiled =
  { readonly ok: true; readonly expression: Expression } | { readonly ok: false; readonly mistake: Mistake };

/**
 * Compiles an expression in a part of CEL in which everything has a type: what it needs is known when it is read, and what it
 * costs is linear in its length and in what it looks at.
 */
export function compileExpression(source: string, surroundings: Surroundings): Compiled {
  try {
    return { ok: true, expression: compile(parseExpression(source), surroundings) };
  } catch (error) {
    if (error instanceof MistakeError) return { ok: false, mistake: error.mistake };
    throw error;
  }
}

function compile(
  { expr: root, offsetOf, macroOf }: ParsedExpression,
  surroundings: Surroundings,
): Expression {
  const reads = new Set<Fact['reads']>();
  const groups = new Set<string>();
  const networks = new Set<string>();
  const facts = new Map<string, UsedFact>();
  const warnings: Mistake[] = [];
  let item: ReturnType<Reading['item']>;

  const reading: Reading = {
    surroundings,
    read(expr) {
      const macro = macroOf(expr);
      return macro?.exprKind.case === 'callExpr'
        ? readMacro(reading, expr, macro.exprKind.value)
        : readPart(reading, expr);
    },
    refuse(kind, at, message) {
      throw new MistakeError(kind, offsetOf(at), message);
    },
    warn: (kind, at, message) => void warnings.push({ kind, offset: offsetOf(at), message }),
    reads: (source) => void reads.add(source),
    asksAbout: (group) => void groups.add(group),
    namesNetwork: (network) => void networks.add(network),
    looksAt: (name, shown) => void facts.set(name, { name, shown }),
    within(name, of, expr) {
      item = { name, of };
      const typed = reading.read(expr);
      item = undefined;
      return typed;
    },
    item: () => item,
  };

  const whole = reading.read(root);
  if (whole.type !== 'truth value') {
    const message = `The expression is a ${whole.type}: write a condition, such as a comparison with \`==\``;
    throw new MistakeError('type', offsetOf(root), message);
  }
  return {
    reads,
    groups: [...groups],
    networks: [...networks],
    facts: [...facts.values()],
    constant: whole.constant,
    decide: whole.of,
    warnings,
  };
}

function readPart(reading: Reading, expr: Expr): Typed {
  const { exprKind } = expr;
  switch (exprKind.case) {
    case 'constExpr':
      return readConstant(reading, expr, exprKind.value.constantKind);
    case 'identExpr':
      return readName(reading, expr, exprKind.value.name);
    case 'selectExpr':
      return readField(reading, expr);
    case 'callExpr':
      return readCall(reading, expr, exprKind.value);
    case 'listExpr':
      return readList(reading, exprKind.value.elements);
    case 'structExpr':
    case 'comprehensionExpr':
    case undefined:
  }
  return reading.refuse(
    'type',
    expr,
    'Mappings cannot be written here: write conditions with `||` between them',
  );
}

type ConstantKind = Extract<Expr['exprKind'], { case: 'constExpr' }>['value']['constantKind'];

function readConstant({ refuse }: Reading, expr: Expr, kind: ConstantKind): Typed {
  if (kind.case === 'stringValue') return literal(kind.value);
  if (kind.case === 'boolValue') return constant(kind.value);
  if (kind.case === 'int64Value' && Number.isSafeInteger(Number(kind.value))) {
    const value = Number(kind.value);
    return { type: 'number', of: () => value };
  }
  return refuse(
    'type',
    expr,
    'This kind of value is not used: write a text in quotes, a whole number, `true` or `false`',
  );
}

function readList({ refuse }: Reading, elements: readonly Expr[]): Typed {
  const literals = elements.map((element) => {
    const { exprKind } = element;
    const kind = exprKind.case === 'constExpr' ? exprKind.value.constantKind : undefined;
    if (kind?.case === 'stringValue') return kind.value;
    return refuse('type', element, 'A list holds texts: write each in quotes');
  });
  return { type: 'list of texts', of: () => literals, literals };
}
