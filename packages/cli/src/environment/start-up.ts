import { loadAccessTokenKeys, loadAssertionKeys, readSigningKeys } from '@latchkey/identity';
import { sentenceOf, surveyAuthSettings, surveyProxySettings } from '@latchkey/settings';
import type { AuthSettings, Problem, ProxySettings, Survey } from '@latchkey/settings';
import { findingOf } from '../finding.ts';
import type { Finding, FindingKind } from '../finding.ts';
import { lints } from '../lints/table.ts';
import { environmentOf } from './env-file.ts';
import type { EnvEntry } from './env-file.ts';

/** The variables of a service, with what is known of them and what the service would say when it starts. */
export type StartUp<Settings = unknown> = Survey<Settings> & { readonly entries: readonly EnvEntry[] };

/** What there is to say about a variable, from any source. */
export type Remark = Pick<Problem, 'variable' | 'message' | 'others'>;

/** These belong into a secret store, so that an env file under version control does not have them. */
const keptElsewhere =
  /^(?:CLIENT_SECRET|CLIENT_PROXY_SECRET|SESSION_COOKIE_SECRET|SESSION_KEY|PROVIDER_[^_]+_CLIENT_SECRET|PROVIDER_[^_]+_COGNITO_CREDENTIALS_SECRET)$/;

/** How the proxy would start with these variables. Keys in files of the container are not here to be looked at. */
export function proxyStartUp(entries: readonly EnvEntry[]): StartUp<ProxySettings> {
  const survey = surveyProxySettings(environmentOf(entries));
  const { templateVariables: variables } = survey.settings.upstream;
  const { requestSignerKey: rsaKey, assertionKey } = survey.settings;
  const keys = readSigningKeys({ variables, rsaKey, assertionKey });
  const ofKeys = 'problems' in keys ? keys.problems : [];
  const errors = [...survey.errors, ...ofKeys.map((one): Problem => ({ ...one, code: 'malformed' }))];
  return { ...survey, errors, entries };
}

/** How auth would start with these variables. */
export function authStartUp(entries: readonly EnvEntry[]): StartUp<AuthSettings> {
  const survey = surveyAuthSettings(environmentOf(entries));
  const { assertionKey, accessTokenKey } = survey.settings;
  const read = {
    ASSERTION_KEY: loadAssertionKeys(assertionKey),
    ACCESS_TOKEN_KEY: loadAccessTokenKeys(accessTokenKey),
  };
  const errors = Object.entries(read).flatMap(([variable, keys]): Problem[] =>
    'problem' in keys ? [{ variable, code: 'malformed', message: keys.problem }] : [],
  );
  return { ...survey, errors: [...survey.errors, ...errors], entries };
}

/** What a service would say, each at the line of its variable. */
export function startUpFindings(own: StartUp): Finding[] {
  return [
    ...own.errors.map((problem) => {
      const { variable, message } = problem;
      return keptElsewhere.test(variable) && entryOf(variable, own) === undefined
        ? remarkFinding(
            lints.settingElsewhere,
            { variable, message: `${message}. It may come from a secret store` },
            own,
          )
        : remarkFinding(lints.settingRefused, problem, own);
    }),
    ...own.warnings.map((problem) => remarkFinding(lints.settingDoubtful, problem, own)),
  ];
}

/** A remark about a variable, at its place; where that is not set, at that of one that has a part in it. */
export function remarkFinding(kind: FindingKind, remark: Remark, own: StartUp): Finding {
  const entry = entryOf(remark.variable, own) ?? entryThatCallsFor(remark, own);
  const file = (entry ?? own.entries[0])?.file ?? 'environment';
  return findingOf(kind, { file, line: entry?.line ?? 1, column: 1 }, sentenceOf(remark));
}

/** The line that sets a variable, also by an older name of it. */
export function entryOf(variable: string, own: StartUp): EnvEntry | undefined {
  return own.entries.findLast(({ name }) => namesOf(name, own).includes(variable));
}

/** A line of another variable, or, of a provider, any that says that there is such a provider. */
function entryThatCallsFor({ variable, others = [] }: Remark, own: StartUp): EnvEntry | undefined {
  const named = others.map((other) => entryOf(other, own)).find((entry) => entry !== undefined);
  const prefix = /^PROVIDER_(?!URL_)[^_]+_/.exec(variable)?.[0];
  if (named || prefix === undefined) return named;
  return own.entries.find(({ name }) => namesOf(name, own).some((one) => one.startsWith(prefix)));
}

/** The name as it is written, and the one that it is an older name of. */
function namesOf(written: string, { warnings }: StartUp): string[] {
  const name = written.toUpperCase();
  return [name, ...warnings.flatMap(({ variable, instead }) => (variable === name ? (instead ?? []) : []))];
}
