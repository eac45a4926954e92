import { connectorVariables } from './connector-variables.ts';
import { createEnvironment } from './environment.ts';
import { noFindings, refuse } from './findings.ts';
import type { Findings } from './findings.ts';
import { warnOfNearMisses } from './near-misses.ts';
import { readTable } from './read-table.ts';
import type { ReadFile } from './secret-file.ts';
import type { ConnectorSettings, Loaded } from './settings.ts';
import type { Values } from './variable.ts';

type Read = Values<typeof connectorVariables>;

/**
 * Reads the environment of a connector.
 * @param env like `process.env`; names in any case, empty means unset
 * @param options.readFile gives the text of a file that holds a secret; unset, it is read from the disk
 * @returns the settings, or every error at once; never throws
 */
export function loadConnectorSettings(
  env: Record<string, string | undefined>,
  options: { readFile?: ReadFile } = {},
): Loaded<ConnectorSettings> {
  const environment = createEnvironment(env, options.readFile);
  const findings = noFindings();
  const { known, assumed } = readTable(connectorVariables, environment, findings);
  checkVerifying(known, findings);
  warnOfNearMisses('connector', environment, findings);
  const { errors, warnings } = findings;
  return errors.length > 0
    ? { ok: false, errors, warnings }
    : { ok: true, settings: settingsOf(assumed), warnings };
}

function settingsOf(values: Read): ConnectorSettings {
  const { CONNECTOR_AUTH_URL: issuer, CONNECTOR_AUTH_URL_INTERNAL: internal } = values;
  return {
    name: values.CONNECTOR_NAME,
    url: values.CONNECTOR_URL,
    token: values.CONNECTOR_TOKEN,
    targets: values.CONNECTOR_TARGETS,
    ...(values.CONNECTOR_VERIFY && issuer !== undefined && { auth: { issuer, url: internal ?? issuer } }),
    waitMs: values.CONNECTOR_WAIT_FOR,
    connections: values.CONNECTOR_CONNECTIONS,
    level: values.LOGGING_LEVEL,
  };
}

// Without saying for whom, an assertion for any application would open any target.
function checkVerifying(known: Partial<Read>, findings: Findings): void {
  if (known.CONNECTOR_VERIFY === false) {
    const message =
      'false is insecure: a proxy that somebody has taken over can act as anybody at the targets; leave it out';
    findings.warnings.push({ variable: 'CONNECTOR_VERIFY', code: 'insecure', message });
    return;
  }
  if (known.CONNECTOR_AUTH_URL === undefined && !findings.unknown.has('CONNECTOR_AUTH_URL')) {
    const message =
      'not set, write the address of auth, like https://sso.example.com, where the keys of assertions are';
    refuse({ variable: 'CONNECTOR_AUTH_URL', code: 'missing', message }, findings);
  }
  if (known.CONNECTOR_TARGETS?.some(({ audience }) => audience === undefined)) {
    const message =
      'names a target without its application, write both: https://grafana.corp.example.com=localhost:3000';
    refuse({ variable: 'CONNECTOR_TARGETS', code: 'malformed', message }, findings);
  }
}
