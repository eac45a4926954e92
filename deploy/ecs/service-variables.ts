import { sentenceOf, surveyAuthSettings, surveyProxySettings } from '@latchkey/settings';
import { loadUpstreams } from '@latchkey/upstreams';
import type { RouteTable } from '@latchkey/upstreams';
import { internalPort, metricsPort, siblingPort } from './container.ts';
import { EnvironmentError } from './environment.ts';
import type { Environment, TasksOfService } from './environment.ts';
import { misledRoutes, whyNotLed } from './hosts.ts';
import { authEnding, endingVariables, proxyEnding } from './lifetimes.ts';
import type { Network } from './network.ts';
import { upstreamVariables } from './upstreams.ts';

type Variables = Record<string, string>;

/** The name by which auth knows the proxy. */
const clientId = 'latchkey-proxy';
// Of the 64 KiB that a task definition holds.
const mostUpstreamBytes = 48 * 1024;
const isSecret = /_(?:SECRET|KEY|JSON|AUTHORIZATION|WORKLOAD_IDENTITY)$|^REDIS_URL$/;

// Made by the installation: what else an environment said of them would be lost.
const secretsOfProxy = ['SESSION_COOKIE_SECRET', 'CLIENT_SECRET'];
const secretsOfAuth = ({ store }: Pick<Environment, 'store'>) => [
  'SESSION_KEY',
  'SESSION_COOKIE_SECRET',
  'CLIENT_PROXY_SECRET',
  ...(store ? ['REDIS_URL'] : []),
];

/** The variables of both services that a template gives them. Nothing of it is secret. */
export type ServiceVariables = { readonly auth: Variables; readonly proxy: Variables };

/**
 * The variables of both services: what follows from the installation, and what the environment says besides.
 *
 * @throws EnvironmentError with everything for which a task would not start
 */
export function variablesOfServices(
  environment: Environment,
  network: Pick<Network, 'balancerRanges'>,
): ServiceVariables {
  const own = { auth: authVariables(environment, network), proxy: proxyVariables(environment, network) };
  const all = {
    auth: { ...own.auth, ...environment.auth.environment },
    proxy: { ...own.proxy, ...environment.proxy.environment },
  };
  const problems = [
    ...misplaced('auth', environment.auth, [...Object.keys(own.auth), ...secretsOfAuth(environment)]),
    ...misplaced('proxy', environment.proxy, [...Object.keys(own.proxy), ...secretsOfProxy]),
    ...refusedByAuth(environment, all.auth),
    ...refusedByProxy(environment, all.proxy, {
      file: environment.upstreams.file,
      text: environment.upstreamText,
      whyNot: (host) => whyNotLed(environment, host),
    }),
  ];
  if (problems.length > 0) throw new EnvironmentError(environment.file, problems);
  return all;
}

/**
 * The variables of a proxy that stands beside one application, with an upstream file of its own.
 *
 * @throws EnvironmentError with everything for which its task would not start
 */
export function variablesBeside(
  environment: Environment,
  services: ServiceVariables,
  { host, upstreamText }: { readonly host: string; readonly upstreamText: string },
): Variables {
  const name = `upstreams of ${host}`;
  const shared = Object.keys(upstreamVariables(environment));
  // No connector finds it, and no other task.
  const isShared = (variable: string) => shared.includes(variable) || variable.startsWith('CONNECTORS_');
  const own = Object.entries(services.proxy).filter(([variable]) => !isShared(variable));
  const variables = { ...Object.fromEntries(own), UPSTREAM_CLUSTER: '', UPSTREAM_CONFIG: upstreamText };
  const bytes = Buffer.byteLength(upstreamText);
  const notLed = whyNotLed(environment, host);
  const problems = [
    ...(notLed === undefined ? [] : [`${host} ${notLed}`]),
    ...refusedByProxy(environment, variables, {
      file: name,
      text: upstreamText,
      whyNot: (other) =>
        other === host
          ? undefined
          : `does not lead to this proxy, which stands at ${host} alone; leave it out`,
    }),
    ...(bytes > mostUpstreamBytes
      ? [`${name}: of ${bytes} bytes, and a task definition has room for ${mostUpstreamBytes}`]
      : []),
  ];
  if (problems.length > 0) throw new EnvironmentError(environment.file, problems);
  return variables;
}

/** The routes of an environment, as its proxy reads them; undefined where it reads none. */
export function routeTableOf({
  environment,
  variables,
}: {
  readonly environment: Environment;
  readonly variables: ServiceVariables;
}): RouteTable | undefined {
  const { upstreams, upstreamText: text } = environment;
  return readAsProxy(environment, variables.proxy, { file: upstreams.file, text }).table;
}

/** Whether a service gets a variable that an environment may leave out, in the clear or as a secret. */
export function isGiven({ environment, secrets }: TasksOfService, variable: string): boolean {
  return (environment[variable] ?? '') !== '' || variable in secrets;
}

/** Whether connectors may connect to the proxy, so that its tasks have to find each other. */
export function hasConnectors({ proxy }: Pick<Environment, 'proxy'>): boolean {
  return isGiven(proxy, 'CONNECTORS_HOST');
}

function authVariables(
  { authHost, domain, furtherHosts, store }: Environment,
  { balancerRanges }: Pick<Network, 'balancerRanges'>,
): Variables {
  const domains = new Set([domain, ...furtherHosts.map((host) => host.replace('*.', ''))]);
  return {
    SERVER_HOST: authHost,
    SERVER_TRUSTED_PROXIES: balancerRanges.join(','),
    SERVER_INTERNAL_PORT: `${internalPort}`,
    ADMIN_PORT: `${metricsPort}`,
    CLIENT_PROXY_ID: clientId,
    SESSION_COOKIE_DOMAIN: domain,
    AUTHORIZE_PROXY_DOMAINS: [...domains].join(','),
    ...(store && { REDIS_CLUSTER: 'true' }),
    ...endingVariables(authEnding),
  };
}

function proxyVariables(
  environment: Environment,
  { balancerRanges }: Pick<Network, 'balancerRanges'>,
): Variables {
  const { authHost, domain, namespace, upstreams, deviceCertificates } = environment;
  return {
    SERVER_TRUSTED_PROXIES: balancerRanges.join(','),
    SERVER_DEVICE_CERTIFICATES: `${deviceCertificates !== undefined}`,
    ADMIN_PORT: `${metricsPort}`,
    PROVIDER_URL_EXTERNAL: `https://${authHost}`,
    PROVIDER_URL_INTERNAL: `http://auth.${namespace}:${internalPort}`,
    CLIENT_ID: clientId,
    SESSION_COOKIE_DOMAIN: domain,
    UPSTREAM_CLUSTER: upstreams.cluster,
    ...upstreamVariables(environment),
    ...(hasConnectors(environment) && {
      CONNECTORS_PORT: `${siblingPort}`,
      CONNECTORS_SIBLINGS: `proxy.${namespace}:${siblingPort}`,
    }),
    ...endingVariables(proxyEnding),
  };
}

function misplaced(
  service: string,
  { environment, secrets }: TasksOfService,
  own: readonly string[],
): string[] {
  return [
    ...Object.keys(environment)
      .filter((name) => isSecret.test(name))
      .map(
        (name) =>
          `${service}.environment.${name}: it would stand in the template; put it into Secrets Manager and its name under ${service}.secrets`,
      ),
    ...[...Object.keys(environment), ...Object.keys(secrets)]
      .filter((name) => own.includes(name))
      .map((name) => `${service}: ${name} follows from the rest of this file, leave it out`),
    ...Object.keys(environment)
      .filter((name) => name in secrets)
      .map((name) => `${service}: ${name} stands in environment and in secrets, leave one of them out`),
  ];
}

function refusedByAuth(environment: Environment, variables: Variables): string[] {
  const secrets = [...secretsOfAuth(environment), ...Object.keys(environment.auth.secrets)];
  const { errors } = surveyAuthSettings(withSecrets(variables, secrets));
  return errors.map((problem) => `auth would not start: ${sentenceOf(problem)}`);
}

function refusedByProxy(
  environment: Environment,
  variables: Variables,
  { file, text, whyNot }: { file: string; text: string; whyNot: (host: string) => string | undefined },
): string[] {
  const { errors, table, diagnostics } = readAsProxy(environment, variables, { file, text });
  return [
    ...errors.map((problem) => `the proxy would not start: ${sentenceOf(problem)}`),
    ...diagnostics.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`),
    ...(table === undefined ? [] : misledRoutes(file, table, whyNot)),
  ];
}

function readAsProxy(
  { proxy }: Environment,
  variables: Variables,
  { file, text }: { readonly file: string; readonly text: string },
) {
  const secrets = [...secretsOfProxy, ...Object.keys(proxy.secrets)];
  const { settings, errors } = surveyProxySettings(withSecrets(variables, secrets));
  return { errors, ...loadUpstreams({ ...settings.upstream, file, text }) };
}

/** Secrets are named and not known: as if each came from a file of another machine. */
function withSecrets(variables: Variables, secrets: readonly string[]): Variables {
  return { ...variables, ...Object.fromEntries(secrets.map((name) => [`${name}_FILE`, '/run/secrets/it'])) };
}
