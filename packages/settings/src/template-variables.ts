import type { Environment } from './environment.ts';
import { findText } from './find-text.ts';
import type { Findings } from './findings.ts';
import { proxyPatterns } from './proxy-variables.ts';

const prefix = 'SSO_CONFIG_';

const signingKey = proxyPatterns['SSO_CONFIG_<SERVICE>_SIGNING_KEY'];

/**
 * Reads the variables `SSO_CONFIG_…`, among them the signing keys, which may stand in files.
 * They are taken as they stand, because `${name}` has a meaning of its own in the targets of the YAML.
 * @returns the texts by what follows the prefix, in lower case
 */
export function readTemplateVariables(environment: Environment, findings: Findings): Record<string, string> {
  const textOf = (name: string): string | undefined =>
    name.endsWith('_SIGNING_KEY')
      ? findText(environment, name, signingKey, findings)?.text
      : environment.get(name);

  const names = environment.names
    .filter((name) => name.startsWith(prefix) && name !== prefix)
    .map((name) => name.replace(/_SIGNING_KEY_FILE$/, '_SIGNING_KEY'));
  return Object.fromEntries(
    [...new Set(names)].map((name) => [name.slice(prefix.length).toLowerCase(), textOf(name) ?? '']),
  );
}
