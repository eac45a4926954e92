import { authVariables } from './auth-variables.ts';
import {
  cognitoVariables,
  googleVariables,
  oidcVariables,
  oktaVariables,
  providerVariables,
  taskVariables,
} from './provider-variables.ts';
import { connectorVariables } from './connector-variables.ts';
import { problemKinds } from './problem.ts';
import { proxyPatterns, proxyVariables } from './proxy-variables.ts';
import { removedFromAuth, removedFromProxy } from './removed-names.ts';
import { singleProviderNames } from './single-provider.ts';
import type { Table, Variable } from './variable.ts';

const introduction = `<!-- generated: do not edit; run npx --yes pnpm@12.21.0 run docs -->

# Configuration

Both services, and connectors, are configured by environment variables only. This page lists all of them.
The two services may share one environment: each reads its own and ignores the other's.

- Names may be written in any letter case. A variable set to nothing counts as unset.
- \`\${NAME}\` inside a value is replaced by the value of that variable, unless the value is taken as it stands.
- A secret may stand in a file: \`CLIENT_SECRET_FILE\` is the path of the file that holds \`CLIENT_SECRET\`, and so for
  every variable that says "Secret". The line break at its end is dropped. It holds 64 KiB at most.
  One that every user of the machine may read leaves a warning ([readable_by_all](#readable_by_all)), except under \`/run/secrets\`, where containers find theirs.
- A duration is a number with its unit: \`100ms\`, \`30s\`, \`5m\`, \`1h30m\`, \`1.5h\`.
- A list is separated by commas; blanks around its items do not matter.
- A boolean is \`true\`, \`false\`, \`t\` or \`f\`.
- A key is base64 of 32 or 64 random bytes, as \`openssl rand -base64 32\` writes it, or 64 random letters and digits,
  as AWS Secrets Manager generates them. To change one without a break, give both, in three steps:
  [operating.md](operating.md#keys).
- A shared secret is any text of 16 characters or more that does not repeat itself. One of fewer than 32 leaves a
  warning: keys are derived from it, and what they sign goes through browsers, where anybody may try guesses.
- A name that is almost one of these, and that neither service reads, leaves a warning.
- Deprecated names still count where the variable itself is absent; each leaves a warning. The last two sections list
  those that became something else or nothing.
`;

type Section = { heading: string; text?: string; prefix?: string; table: Table };

const sections: Section[] = [
  { heading: '## Proxy', table: { ...proxyVariables, ...proxyPatterns } },
  { heading: '## Auth', table: authVariables },
  {
    heading: '## Providers of auth',
    text: 'Auth has one or more providers. `<ID>` is a name of your choice without `_`, one for each. `docs/providers.md` says what to register with each and where groups come from.',
    prefix: 'PROVIDER_<ID>_',
    table: providerVariables,
  },
  { heading: '### Type `google`', prefix: 'PROVIDER_<ID>_', table: googleVariables },
  {
    heading: '### What AWS tells the task',
    text: 'Read where `PROVIDER_<ID>_GOOGLE_WORKLOAD_IDENTITY` is set. The credentials of the task are found as every AWS SDK finds them (`AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` and others).',
    table: taskVariables,
  },
  { heading: '### Type `oidc`', prefix: 'PROVIDER_<ID>_', table: oidcVariables },
  { heading: '### Type `okta`', prefix: 'PROVIDER_<ID>_', table: oktaVariables },
  { heading: '### Type `cognito`', prefix: 'PROVIDER_<ID>_', table: cognitoVariables },
  {
    heading: '## Connector',
    text: 'What [`sso-connector`](connectors.md) reads, and nothing else.',
    table: connectorVariables,
  },
];

/** The reference of every variable of both services, in Markdown, as it stands in `docs/configuration.md`. */
export function renderConfigurationReference(): string {
  return [
    introduction,
    ...sections.map(renderSection),
    renderPairs(
      '## The only provider of versions 1 and 2',
      'BuzzFeed SSO had one provider before it had `PROVIDER_<ID>_…`. Where no `PROVIDER_<ID>_TYPE` is set and `CLIENT_ID` is not that of the proxy, auth takes it from these. `<ID>` is `OKTA` where `PROVIDER` is `okta`, and `GOOGLE` otherwise. Without `PROVIDER_SLUG` its slug is `google`, and without `PROVIDER_SERVER_ID` the server of Okta is `default`, as they were.',
      ['deprecated name', 'now'],
      Object.entries(singleProviderNames).map(([older, name]) => [older, `\`${name}\``]),
    ),
    renderPairs(
      '## Names without effect',
      'Accepted with a warning, and otherwise ignored.',
      ['name', 'what holds instead'],
      Object.entries({ ...removedFromProxy, ...removedFromAuth }),
    ),
    renderProblems(),
  ].join('\n');
}

function renderPairs(heading: string, text: string, columns: [string, string], pairs: [string, string][]) {
  return [
    heading,
    '',
    text,
    '',
    `| ${columns.join(' | ')} |`,
    '| --- | --- |',
    ...pairs.map(([name, what]) => `| \`${name}\` | ${what} |`),
    '',
  ].join('\n');
}

function renderProblems(): string {
  const kinds = Object.entries(problemKinds).map(([code, text]) => `### ${code}\n\n${text}\n`);
  const text =
    'What is wrong with a variable has one of these codes. Where a service does not start because of the value of a variable, the line about it on standard error ends with it; a warning is a line of the log with `variable`, `code` and `page`.';
  return [`## Problems\n\n${text}\n`, ...kinds].join('\n');
}

function renderSection({ heading, text, prefix = '', table }: Section): string {
  return [
    heading,
    '',
    ...(text === undefined ? [] : [text, '']),
    '| variable | type | default | required | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...Object.entries(table).map(([name, variable]) => renderRow(`${prefix}${name}`, variable)),
    '',
  ].join('\n');
}

function renderRow(name: string, variable: Variable): string {
  const defaultText =
    variable.default === undefined || variable.default === '' ? '' : `\`${variable.default}\``;
  const required = variable.required ? 'yes' : '';
  return `| \`${name}\` | ${variable.type.name} | ${defaultText} | ${required} | ${renderMeaning(variable)} |`;
}

function renderMeaning({ meaning, secret, verbatim, effect, aliases }: Variable): string {
  const parts = [meaning];
  if (secret) parts.push('Secret.');
  if (verbatim) parts.push('Taken as it stands.');
  if (effect) parts.push(effect === 'none yet' ? '**No effect yet.**' : '**No effect.**');
  if (aliases) parts.push(`Deprecated names: ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`);
  return parts.join(' ');
}
