import type { RuleInput } from '@latchkey/access';
import { identifierOf, truth } from './literals.ts';
import { selectOf } from './names.ts';
import type { CallExpr, Expr } from './parse.ts';
import type { Reading } from './reading.ts';
import type { Of, Typed } from './typed.ts';

/** Reads `has(…)`, `list.exists(x, …)` and `list.all(x, …)`. */
export function readMacro(reading: Reading, expr: Expr, { function: name, target, args }: CallExpr): Typed {
  const { refuse } = reading;
  const [first, predicate] = args;
  if (name === 'has' && first !== undefined) return readHas(reading, first);
  const isKnown = name === 'exists' || name === 'all';
  if (!isKnown || target === undefined || first === undefined || predicate === undefined) {
    return refuse('type', expr, `\`${name}\` is not used here: write \`exists\`, \`all\` or \`in\``);
  }
  // Within another one, each entry of the one would be compared with each of the other.
  if (reading.item() !== undefined) {
    return refuse('size', expr, `\`${name}\` stands in another one: write two rules`);
  }
  const list = reading.read(target);
  const variable = identifierOf(first);
  if (list.type !== 'list of texts' || variable === undefined) {
    const message = `\`${name}\` looks through a list of texts, and this is a ${list.type}: write a list`;
    return refuse('type', target, message);
  }
  let current: string | undefined;
  const each = reading.within(variable, () => current, predicate);
  if (each.type !== 'truth value') {
    return refuse('type', predicate, `This is a ${each.type}: write a condition`);
  }
  const ofOne: Of<boolean> = each.of;
  return truth(
    ofAll(list.of, name === 'exists', (input, entry) => {
      current = entry;
      return ofOne(input);
    }),
  );
}

/** @param settling one entry of which this holds settles it */
function ofAll(
  list: Of<readonly string[]>,
  settling: boolean,
  ofOne: (input: RuleInput, entry: string) => boolean | undefined,
): Of<boolean> {
  return function found(input) {
    const entries = list(input);
    if (entries === undefined) return undefined;
    const outcomes = new Set<boolean | undefined>();
    for (const entry of entries) {
      const holds = ofOne(input, entry);
      if (holds === settling) return settling;
      outcomes.add(holds);
    }
    return outcomes.has(undefined) ? undefined : !settling;
  };
}

function readHas(reading: Reading, expr: Expr): Typed {
  const { operand } = selectOf(reading, expr);
  const value = reading.read(expr);
  if (value.type === 'network') {
    return reading.refuse('type', operand, 'A network is always there: write `request.address in` it');
  }
  if (value.type === 'groups' || value.type === 'mapping') {
    const message = 'Write `has(user.email)` for a person, or `"x-name" in request.headers` for a header';
    return reading.refuse('type', expr, message);
  }
  if (value.type === 'text' && value.has !== undefined) return truth(value.has);
  const of: Of<unknown> = value.of;
  if (value.type !== 'text' || value.isUpToSender !== true) return truth((input) => of(input) !== undefined);
  const message =
    'This `has` is never false: if the fact is absent, the rule cannot be decided. Remove the `has`';
  reading.warn('neverFalse', expr, message);
  return truth((input) => (of(input) === undefined ? undefined : true));
}
