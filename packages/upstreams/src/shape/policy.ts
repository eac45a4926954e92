import { z } from 'zod';
import { quote } from '../problems.ts';
import type { Position } from '../types.ts';
import { mapping } from './mapping.ts';
import type { Values } from './mapping.ts';
import { described, list, oneValue, problem, reader, scalar } from './reader.ts';
import type { About, FieldReader, Located, Unreadable } from './reader.ts';
import { text } from './values.ts';

/** An expression as it is written, and where each of its characters stands. */
export type WrittenExpression = Located<string> & { readonly inside: (offset: number) => Position };

const nameAdvice = 'Write letters, digits, dashes and underscores, 64 at most';
const statusAdvice = 'Write `403` or `404`';

const fields = {
  name: ruleName({
    meaning: 'The name of the rule on pages, in logs and in metrics.',
    example: 'read-only-for-contractors',
  }),
  allow_if: expression({
    meaning: 'Lets in a person or a machine for whom this is true.',
    default: 'none',
    example: 'user.domain == "example.com"',
  }),
  deny_if: expression({
    meaning: 'Refuses a request for which this is true, or for which it cannot be decided.',
    default: 'none',
    example: '!(request.address in networks.office)',
  }),
  status: status({
    meaning: 'What a rule with `deny_if` answers: `403`, or `404` to hide that the page exists.',
    default: '`403`',
    example: '404',
  }),
  message: text({
    meaning: 'A sentence for the person whom the rule refuses.',
    default: 'none',
    example: 'Contractors may only read.',
  }),
};

/** One rule of a policy. */
export const rule = mapping(
  'rule',
  'A rule: a `name`, and either `allow_if` or `deny_if` with an expression in CEL.',
  fields,
);

/** A rule as read. */
export type WrittenRuleFields = Values<typeof fields>;

/** `policy` of a route. */
export const routePolicy = policy({
  meaning:
    'Rules as expressions, each with a `name` and `allow_if` or `deny_if`. A `deny_if` that is true refuses; otherwise an `allow_if` or one of the `allowed_` lists lets in. [policies.md](policies.md) explains how to write them.',
  default: 'none',
  example: '[{ name: read-only, deny_if: request.method != "GET" }]',
});

/** A list of rules. */
export function policy(about: About): FieldReader<ReadonlyArray<WrittenRuleFields | Unreadable>> {
  return { ...list(about, rule), about: { ...about, type: 'list of rules' } };
}

function expression(about: About): FieldReader<WrittenExpression> {
  const schema = { type: ['string', 'boolean'], pattern: '\\S', errorMessage: oneValue, ...described(about) };
  const read = reader<WrittenExpression>(schema, (node, refuse) =>
    node.kind === 'scalar'
      ? { value: node.text, at: node.at, inside: node.inside }
      : refuse('notText', node.at, 'Write the expression as one text, in quotes or below `|`'),
  );
  return { ...read, about: { ...about, type: 'CEL' } };
}

function ruleName(about: About): FieldReader<Located<string>> {
  const pattern = '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$';
  const schema = { type: ['string', 'number'], pattern, errorMessage: nameAdvice, ...described(about) };
  const isName = new RegExp(pattern);
  const type = z.string().refine(
    (name) => isName.test(name),
    problem('ruleName', (name) => `${quote(name)} is not a name of a rule. ${nameAdvice}`),
  );
  return { ...scalar(schema, type), about: { ...about, type: 'text' } };
}

function status(about: About): FieldReader<Located<404 | undefined>> {
  const schema = { enum: [403, 404, '403', '404'], errorMessage: statusAdvice, ...described(about) };
  const type = z.string().transform((text, context): 404 | undefined => {
    if (text === '403') return undefined;
    if (text === '404') return 404;
    const message = `${quote(text)} is not a status of a refusal. ${statusAdvice}`;
    context.addIssue({ code: 'custom', message, params: { problem: 'ruleStatus' } });
    return z.NEVER;
  });
  return { ...scalar(schema, type), about: { ...about, type: 'status' } };
}
