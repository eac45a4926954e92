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

Both services and the connector are configured only by environment variables. This page lists all of them.
The two services may share one environment: each reads its own variables and ignores those of the other.

- Names may be written in any letter case. An empty variable counts as unset.
- \`\${NAME}\` inside a value is replaced by the value of that variable, except in variables that are "taken literally".
- A secret may be in a file: \`CLIENT_SECRET_FILE\` is the path of the file that contains \`CLIENT_SECRET\`. This works for
  every variable marked "Secret". The line break at the end of the file is dropped. The file may have 64 KiB.
  If every user of the machine may read it, there is a warning ([readable_by_all](#readable_by_all)), except below \`/run/secrets\`, where containers find their secrets.
- A duration is a number with its unit: \`100ms\`, \`30s\`, \`5m\`, \`1h30m\`, \`1.5h\`.
- A list is separated by commas. Spaces around its items are ignored.
- A boolean is \`true\`, \`false\`, \`t\` or \`f\`.
- A key is base64 of 32 or 64 random bytes, as \`openssl rand -base64 32\` writes it, or 64 random letters and digits,
  as AWS Secrets Manager generates them. To change a key without interruption, give the old and the new one, in three steps:
  [operating.md](operating.md#keys).
- A shared secret is any text of 16 characters or more that is not a repetition such as \`abcabc…\`. With fewer than 32 characters
  there is a warning: browsers see what is signed with it, so anybody can try to guess it.
- There is a warning about a variable that no service reads if its name is almost one of these: \`CLIENT_SECERT\`.
- Deprecated names still work if the variable itself is not set. Each causes a warning. The sections after the connector list
  names that were replaced or have no effect any more.
`;

type Section = { heading: string; text?: string; prefix?: string; table: Table };

const sections: Section[] = [
  { heading: '## Proxy', table: { ...proxyVariables, ...proxyPatterns } },
  { heading: '## Auth', table: authVariables },
  {
    heading: '## Providers of auth',
    text: 'Auth has one or more providers. `<ID>` is a name of your choice without `_`, a different one for each provider. [providers.md](providers.md) says what to register with each provider and where groups come from.',
    prefix: 'PROVIDER_<ID>_',
    table: providerVariables,
  },
  { heading: '### Type `google`', prefix: 'PROVIDER_<ID>_', table: googleVariables },
  {
    heading: '### The AWS region',
    text: 'Needed if `PROVIDER_<ID>_GOOGLE_WORKLOAD_IDENTITY` is set. The credentials of the task are found in the same way as by every AWS SDK (`AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` and others).',
    table: taskVariables,
  },
  { heading: '### Type `oidc`', prefix: 'PROVIDER_<ID>_', table: oidcVariables },
  { heading: '### Type `okta`', prefix: 'PROVIDER_<ID>_', table: oktaVariables },
  { heading: '### Type `cognito`', prefix: 'PROVIDER_<ID>_', table: cognitoVariables },
  {
    heading: '## Connector',
    text: '[`sso-connector`](connectors.md) reads only these.',
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
      'Versions 1 and 2 of BuzzFeed SSO had only one provider, with the variables below. Auth still reads them if no `PROVIDER_<ID>_TYPE` is set and `CLIENT_ID` is not that of the proxy. `<ID>` is `OKTA` if `PROVIDER` is `okta`, and `GOOGLE` otherwise. The defaults are those of BuzzFeed SSO: `google` for `PROVIDER_SLUG`, `default` for `PROVIDER_SERVER_ID`.',
      ['deprecated name', 'now'],
      Object.entries(singleProviderNames).map(([older, name]) => [older, `\`${name}\``]),
    ),
    renderPairs(
      '## Names without effect',
      'These names cause a warning and have no other effect.',
      ['name', 'instead'],
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
    'Every problem of a variable has one of these codes. If it keeps a service from starting, the line on standard error ends with the code. If it is only a warning, it is a line of the log with `variable`, `code` and `page`.';
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
  if (verbatim) parts.push('Taken literally.');
  if (effect) parts.push(effect === 'none yet' ? '**No effect yet.**' : '**No effect.**');
  if (aliases) parts.push(`Deprecated names: ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`);
  return parts.join(' ');
}
