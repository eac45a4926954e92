import { connectorVariables } from './connector-variables.ts';
import { createEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { noFindings, refuse } from './findings.ts';
import type { Findings } from './findings.ts';
import { warnOfNearMisses } from './near-misses.ts';
import { readTable } from './read-table.ts';
import type { ReadFile } from './secret-file.ts';
import type { ConnectorCredential, ConnectorSettings, Loaded } from './settings.ts';
import { taskVariables } from './provider-variables.ts';
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
  const credential = readCredential(known, environment, findings);
  checkVerifying(known, findings);
  warnOfNearMisses('connector', environment, findings);
  const { errors, warnings } = findings;
  return errors.length > 0
    ? { ok: false, errors, warnings }
    : { ok: true, settings: settingsOf(assumed, credential), warnings };
}

function settingsOf(values: Read, credential: ConnectorCredential): ConnectorSettings {
  const { CONNECTOR_AUTH_URL: issuer, CONNECTOR_AUTH_URL_INTERNAL: internal } = values;
  return {
    name: values.CONNECTOR_NAME,
    url: values.CONNECTOR_URL,
    credential,
    targets: values.CONNECTOR_TARGETS,
    ...(values.CONNECTOR_TARGETS_CA_FILE !== undefined && { caFile: values.CONNECTOR_TARGETS_CA_FILE }),
    ...(values.CONNECTOR_VERIFY && issuer !== undefined && { auth: { issuer, url: internal ?? issuer } }),
    ...(values.CONNECTOR_ALLOW_IF !== undefined && { allowIf: values.CONNECTOR_ALLOW_IF }),
    waitMs: values.CONNECTOR_WAIT_FOR,
    connections: values.CONNECTOR_CONNECTIONS,
    ...(values.CONNECTOR_HEALTH_PORT !== undefined && { healthPort: values.CONNECTOR_HEALTH_PORT }),
    level: values.LOGGING_LEVEL,
  };
}

// One of both: with two it would not be known which one lets it in.
function readCredential(
  known: Partial<Read>,
  environment: Environment,
  findings: Findings,
): ConnectorCredential {
  const { CONNECTOR_TOKEN: token = '', CONNECTOR_AWS_ROLE: isRole } = known;
  if (isRole !== true) {
    if (token === '' && !findings.unknown.has('CONNECTOR_TOKEN')) {
      const message = `not set, write ${connectorVariables.CONNECTOR_TOKEN.type.write}, or CONNECTOR_AWS_ROLE=true for a role of AWS`;
      refuse({ variable: 'CONNECTOR_TOKEN', code: 'missing', message }, findings);
    }
    return { token };
  }
  if (token !== '') {
    const message = 'set together with CONNECTOR_AWS_ROLE=true, write only one of the two';
    refuse({ variable: 'CONNECTOR_TOKEN', code: 'conflict', message }, findings);
  }
  const { AWS_REGION: region = '' } = readTable(taskVariables, environment, findings).known;
  if (region === '' && !findings.unknown.has('AWS_REGION')) {
    const message = 'not set, write the AWS region of the task, like eu-central-1';
    refuse({ variable: 'AWS_REGION', code: 'missing', message }, findings);
  }
  return { region };
}

// Without saying for whom, an assertion for any application would open any target.
function checkVerifying(known: Partial<Read>, findings: Findings): void {
  if (known.CONNECTOR_VERIFY === false) {
    const message =
      'false is insecure: a proxy that somebody has taken over can act as anybody at the targets; leave it out';
    findings.warnings.push({ variable: 'CONNECTOR_VERIFY', code: 'insecure', message });
    if (known.CONNECTOR_ALLOW_IF !== undefined) {
      const why =
        'is a rule about the person whom an assertion names, and CONNECTOR_VERIFY=false checks no assertion: remove one of the two';
      refuse({ variable: 'CONNECTOR_ALLOW_IF', code: 'conflict', message: why }, findings);
    }
    return;
  }
  if (known.CONNECTOR_AUTH_URL === undefined && !findings.unknown.has('CONNECTOR_AUTH_URL')) {
    const message =
      'not set, write the address of auth, which publishes the keys of assertions, like https://sso.example.com';
    refuse({ variable: 'CONNECTOR_AUTH_URL', code: 'missing', message }, findings);
  }
  if (known.CONNECTOR_TARGETS?.some(({ audience }) => audience === undefined)) {
    const message =
      'names a target without its application, write both: https://grafana.corp.example.com=localhost:3000';
    refuse({ variable: 'CONNECTOR_TARGETS', code: 'malformed', message }, findings);
  }
}
