import { accountName, awsRoleOf, tokenHash, tokenPrefix } from '@latchkey/access';
import { z } from 'zod';
import { quote } from '../problems.ts';
import { claims } from './claims.ts';
import { mapping } from './mapping.ts';
import type { Values } from './mapping.ts';
import { described, list, problem, scalar } from './reader.ts';
import type { About, FieldReader, Located } from './reader.ts';
import { entry, text } from './values.ts';

const nameAdvice =
  'write up to 63 lower-case letters, digits and dashes, a dash neither first nor last: `deploy-bot`';
const hashAdvice = 'write the line that `latchkey keys service-token NAME` prints: `sha256:` and 64 digits';
const endAdvice =
  'write a day, on which it ends at 00:00 UTC, or a moment: `2027-06-01` or `2027-06-01T18:00:00Z`';
const momentPattern = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))?$/;

const roleAdvice = 'write the ARN of the role, as IAM shows it: `arn:aws:iam::111122223333:role/app2`';

const hashFields = {
  hash: checked(
    {
      meaning: 'The SHA-256 of a token. The token itself is nowhere in the file.',
      example: `'sha256:…'`,
    },
    tokenHash,
    z.string().refine(
      (text) => tokenHash.test(text),
      // It may be the token itself, so it is not shown.
      problem('serviceAccountHash', (text) =>
        text.startsWith(tokenPrefix)
          ? 'This is a token and not its hash, so everybody who reads the file can use it: replace the token, and write the hash of the new one'
          : `This is not the hash of a token: ${hashAdvice}`,
      ),
    ),
  ),
  expires: checked(
    { meaning: 'From when the token is refused.', default: 'never', example: `'2027-06-01'` },
    momentPattern,
    z
      .string()
      .refine((text) => momentPattern.test(text) && !Number.isNaN(Date.parse(text)), {
        ...problem('serviceAccountEnd', (text) => `${quote(text)} is not a time: ${endAdvice}`),
        abort: true,
      })
      .transform((text) => Date.parse(text)),
  ),
};

const secretHash = mapping('secret_hash', 'One token of a service account, by its hash.', hashFields);

const accountFields = {
  name: checked(
    { meaning: 'What the account is called, in its tokens, in lists and in logs.', example: 'deploy-bot' },
    accountName,
    z.string().refine(
      (text) => accountName.test(text),
      problem('serviceAccountName', (text) => `${quote(text)} cannot be a name: ${nameAdvice}`),
    ),
  ),
  secret_hashes: list(
    {
      meaning: 'The tokens that are valid: two while one takes the place of the other.',
      example: `[{ hash: 'sha256:…', expires: '2027-06-01' }]`,
    },
    secretHash,
  ),
  aws_role: checked(
    {
      meaning:
        'The role of AWS whose sessions are this account, such as the task role of an ECS service. They show a presigned request to STS and have no token. The path of a role does not count: an account of AWS has one role of a name.',
      default: 'none',
      example: 'arn:aws:iam::111122223333:role/app2',
    },
    /^arn:aws(-cn|-us-gov)?:iam::\d{12}:role\/[!-~]+$/,
    z.string().transform((text, context) => {
      const role = awsRoleOf(text);
      if (role !== undefined) return { ...role, arn: text };
      context.addIssue({
        code: 'custom',
        message: `${quote(text)} is not an AWS role: ${adviceForRole(text)}`,
        params: { problem: 'serviceAccountRole' },
      });
      return z.NEVER;
    }),
  ),
  issuer: text(
    {
      meaning:
        'One of the `issuers` of this file, some of whose tokens are this account: those with the `claims`. So a CI job or a workload of a cluster needs no secret.',
      default: 'none',
      example: 'https://token.actions.githubusercontent.com',
    },
    {},
  ),
  claims: claims({
    meaning:
      'What a token of the `issuer` has to say to be of this account: each of these claims, as it is written here or as one of a list. Of a claim that is a list, one entry suffices.',
    default: 'none',
    example: '{ repository: corp/app, ref: refs/heads/main }',
  }),
  scopes: list(
    { meaning: 'The scopes that the account has, on every route.', default: 'none', example: '[deploy]' },
    entry('a scope', ['deploy']),
  ),
};

/** One entry of `service_accounts`. */
export const serviceAccount = mapping(
  'service_account',
  'A program of yours, and by what it is known on routes with `bearer: true`: tokens of its own, a role of AWS, tokens of an issuer, or several of these.',
  accountFields,
);

/** What the schema defines for it. */
export const serviceAccountMappings = [serviceAccount, secretHash];

/** `service_accounts`, beside the services. */
export const serviceAccounts = list(
  {
    meaning:
      'Programs of yours, each with the hashes of its tokens, with its role of AWS, or with what the tokens of an issuer say of it.',
    default: 'none',
    example: `
  - name: deploy-bot
    secret_hashes:
      - hash: sha256:61fc684a1d16daf5d9a72f3fdee6aacd6156e9faec55baac8209598741945889`,
  },
  serviceAccount,
);

/** One entry of `service_accounts`, as read. */
export type WrittenAccount = Values<typeof accountFields>;

/** One entry of its `secret_hashes`, as read. */
export type WrittenHash = Values<typeof hashFields>;

function adviceForRole(text: string): string {
  if (text.includes('*')) return 'each account is one role, so write its ARN without `*`';
  if (/:sts:/.test(text)) return `this is a session of a role; ${roleAdvice}`;
  return roleAdvice;
}

// An editor sees `{{name}}` before a value takes its place.
function checked<T>(about: About, { source }: RegExp, type: z.ZodType<T, string>): FieldReader<Located<T>> {
  const schema = { type: 'string', ...described(about), pattern: `${source}|\\{\\{` };
  return { ...scalar(schema, type), about: { ...about, type: 'text' } };
}
