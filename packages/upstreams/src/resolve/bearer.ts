import { serviceAccountIssuer } from '@latchkey/access';
import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { Options } from '../shape/options.ts';
import { readable, readableOf, unreadableValue } from '../shape/reader.ts';
import type { Located } from '../shape/reader.ts';
import type { Bearer, Position, RootSettings } from '../types.ts';

const aboutTokens = [
  'pass_bearer_token',
  'required_scopes',
  'allowed_scopes',
  'allowed_subjects',
  'allowed_clients',
] as const;

const accounts = `${serviceAccountIssuer}#`;

type Context = {
  /** where the route stands */
  readonly at: Position;
  readonly root: RootSettings;
  /** what is behind it is opened by programs, so their tokens count unless it says otherwise */
  readonly isTcp: boolean;
};

/** What a route says of callers with tokens; undefined where it takes none. */
export function resolveBearer(
  options: Options,
  { at, root, isTcp }: Context,
  report: Report,
): Bearer | undefined {
  if (!(readable(options.bearer) ?? isTcp)) {
    if (options.bearer !== unreadableValue) reportIdle(options, at, report);
    return undefined;
  }
  for (const option of ['allowed_subjects', 'allowed_clients'] as const) {
    for (const { value, at: place } of readableOf(options[option])) {
      if (saysWhose(value, root)) continue;
      const message = `Each of the issuers may give the name ${quote(value)}: write \`issuer#name\``;
      report('nameOfAnyIssuer', place, message);
    }
  }
  return {
    passesOn: readable(options.pass_bearer_token) ?? false,
    requiredScopes: readableOf(options.required_scopes),
    scopes: readableOf(options.allowed_scopes),
    subjects: readableOf(options.allowed_subjects).map(({ value }) => value),
    clients: readableOf(options.allowed_clients).map((client) => clientOf(client, root, report)),
  };
}

/** Whether a route has a rule that lets in tokens. */
export function hasTokenRule({ scopes, subjects, clients }: Bearer): boolean {
  return [scopes, subjects, clients].some((list) => list.length > 0);
}

// The name of a service account means that account alone, not a client that an issuer has given the same name.
function clientOf({ value, at }: Located<string>, { serviceAccounts }: RootSettings, report: Report): string {
  if (serviceAccounts.has(value)) return accounts + value;
  if (value.startsWith(accounts) && !serviceAccounts.has(value.slice(accounts.length))) {
    const message = `There is no service account ${quote(value.slice(accounts.length))}: correct the name, or add it to \`service_accounts\``;
    report('serviceAccountUnknown', at, message);
  }
  return value;
}

function saysWhose(name: string, { issuers, serviceAccounts }: RootSettings): boolean {
  if (issuers.length < 2 || serviceAccounts.has(name) || name.startsWith(accounts)) return true;
  return issuers.some(({ issuer }) => name.startsWith(`${issuer}#`));
}

function reportIdle(options: Options, at: Position, report: Report): void {
  for (const option of aboutTokens) {
    const written = readable(options[option]);
    const isEmpty =
      written === undefined || written === false || (Array.isArray(written) && written.length === 0);
    if (isEmpty) continue;
    report(
      'bearerMissing',
      at,
      `\`${option}\` has no effect without \`bearer: true\`: write that, or remove it`,
    );
  }
}
