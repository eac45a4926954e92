import { loadConnectorSettings, sentenceOf } from '@latchkey/settings';
import { hostOf } from '@latchkey/upstreams';
import type { RouteTable, Target } from '@latchkey/upstreams';
import { connectorHealthPort } from './container.ts';
import { EnvironmentError } from './environment.ts';
import type { Environment } from './environment.ts';
import { whyNotLed } from './hosts.ts';
import type { Parts } from './parts.ts';
import { isGiven, routeTableOf } from './service-variables.ts';

/** A connector of an installation. */
export type ConnectorOptions = {
  /** Its entry in `connectors` of the upstream file. */
  readonly name: string;
  /** All that it dials, by the applications that it is dialed for: `{ 'https://wiki.example.com': 'localhost:3000' }`. */
  readonly targets: Readonly<Record<string, string>>;
  /** The role of its task, which the upstream file names as `aws_role`; or the secret in Secrets Manager that holds a token. */
  readonly credential: { readonly roleName: string } | { readonly tokenSecret: string };
  /** Further variables of it, like `CONNECTOR_ALLOW_IF`. */
  readonly environment?: Readonly<Record<string, string>>;
};

type Around = Pick<Parts, 'environment' | 'variables'>;

const tokenOfNobody = `lk_nobody_${'0'.repeat(49)}`;

/**
 * The variables of a connector: what follows from the installation, and what is said of it.
 *
 * @throws EnvironmentError with everything for which it would not start, or nobody would get through it
 */
export function variablesOfConnector(around: Around, connector: ConnectorOptions): Record<string, string> {
  const { environment } = around;
  const { name, targets, credential } = connector;
  const own = {
    CONNECTOR_NAME: name,
    CONNECTOR_URL: `https://${environment.proxy.environment['CONNECTORS_HOST'] ?? 'connect.example.com'}`,
    CONNECTOR_AUTH_URL: `https://${environment.authHost}`,
    CONNECTOR_TARGETS: Object.entries(targets)
      .map(([application, target]) => `${application}=${target}`)
      .join(','),
    CONNECTOR_HEALTH_PORT: `${connectorHealthPort}`,
    ...('roleName' in credential && { CONNECTOR_AWS_ROLE: 'true' }),
  };
  const variables = { ...own, ...connector.environment };
  const table = routeTableOf(around);
  const problems = [
    ...shutOut(environment),
    ...Object.keys(connector.environment ?? {})
      .filter((variable) => variable in own || variable === 'CONNECTOR_TOKEN')
      .map((variable) => `connector ${name}: ${variable} follows from the rest, leave it out`),
    ...refusedByConnector(environment, variables, connector),
    ...(table === undefined
      ? []
      : unlikeFile(table, environment, connector).map((why) => `${environment.upstreams.file}${why}`)),
  ];
  if (problems.length > 0) throw new EnvironmentError(environment.file, problems);
  return variables;
}

/** Why this installation lets no connector in, or nobody through one. */
function shutOut(environment: Environment): string[] {
  const { proxy, auth, domain, deviceCertificates } = environment;
  const host = proxy.environment['CONNECTORS_HOST'];
  const notLed = host === undefined ? undefined : whyNotLed(environment, host);
  const withoutKey = (['proxy', 'auth'] as const).filter(
    (service) => !isGiven({ proxy, auth }[service], 'ASSERTION_KEY'),
  );
  return [
    ...(host === undefined
      ? [`proxy.environment.CONNECTORS_HOST: not set, write the host of connectors, like connect.${domain}`]
      : []),
    ...(notLed === undefined ? [] : [`proxy.environment.CONNECTORS_HOST: ${host} ${notLed}`]),
    ...withoutKey.map(
      (service) =>
        `${service}.secrets.ASSERTION_KEY: not set, and without assertions a connector lets nobody through; write the name of its secret`,
    ),
    ...(deviceCertificates === undefined
      ? []
      : ['deviceCertificates: the load balancer asks connectors for a certificate, and they have none']),
  ];
}

function refusedByConnector(
  { region }: Environment,
  variables: Record<string, string>,
  { name, credential }: ConnectorOptions,
): string[] {
  // What ECS adds: its region, and the secret.
  const added = 'roleName' in credential ? { AWS_REGION: region } : { CONNECTOR_TOKEN: tokenOfNobody };
  const loaded = loadConnectorSettings({ ...variables, ...added });
  return loaded.ok
    ? []
    : loaded.errors.map((problem) => `connector ${name} would not start: ${sentenceOf(problem)}`);
}

/** What the upstream file says otherwise of this connector, each with its place where there is one. */
function unlikeFile(
  table: RouteTable,
  { account }: Environment,
  { name, targets, credential }: ConnectorOptions,
): string[] {
  const { root, routes } = table;
  const own = root.serviceAccounts.get(root.connectors.get(name) ?? '');
  if (own === undefined) return [`: there is no connector ${name}; write it into connectors`];
  const role = own.awsRole;
  const hasOtherRole =
    'roleName' in credential && (role?.account !== account || role.name !== credential.roleName);
  return [
    ...(hasOtherRole
      ? [
          `: connector ${name} has the role ${role?.arn ?? 'of nobody'}; write arn:aws:iam::${account}:role/${credential.roleName} as aws_role of its service account`,
        ]
      : []),
    ...routes
      .filter((route) => route.via === name)
      .flatMap(function notDialed(route) {
        const { host = '', port } = hostOf(route) ?? {};
        const target = table.match(host, port)?.target;
        const application = `https://${host}${port === undefined ? '' : `:${port}`}`;
        if (target === undefined || targets[application] === dialedAs(target)) return [];
        const { line, column } = route.position;
        const wanted = `'${application}': '${dialedAs(target)}'`;
        return [
          `:${line}:${column}: comes by connector ${name}, which does not dial it; write ${wanted} into its targets`,
        ];
      }),
  ];
}

/** What the proxy asks the connector for, in the words of `CONNECTOR_TARGETS`. */
function dialedAs({ origin, socketPath }: Target): string {
  if (socketPath !== undefined) return `unix:${socketPath}`;
  const { protocol, hostname, port } = new URL(origin);
  if (protocol === 'https:') return `https://${hostname}:${port === '' ? '443' : port}`;
  return protocol === 'http:' ? `${hostname}:${port === '' ? '80' : port}` : origin;
}
