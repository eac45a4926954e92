import type { WrittenRule } from '@latchkey/access';
import { networkText } from '@latchkey/networks';
import { aboutHttp } from '../resolve/tcp.ts';
import type { Cors, Issuer, Route, RouteTable, ServiceAccount, SshCertificate, TcpLimits } from '../types.ts';
import { groupRoutes } from './group.ts';
import { flowList, flowMapping, scalarText } from './scalar.ts';

/**
 * The table as an upstream file: a list of services with nothing but `default` sections, in which sections, defaults,
 * templates and inheritance are worked in and every option is written out. Loaded for any cluster, with no defaults, no
 * template variables and the same scheme, it gives an equal table, except that the routes stand elsewhere.
 * `to` stays as it was written: where it names no scheme, `UPSTREAM_SCHEME` still decides.
 */
export function printTable({ root, routes }: RouteTable): string {
  const services = groupRoutes(routes).map(({ route, extraRoutes }) =>
    [
      `- service: ${scalarText(route.service)}`,
      ...indent(launcherLines(route), 2),
      '  default:',
      ...indent(routeLines(route), 4),
      ...(extraRoutes.length > 0 ? ['    extra_routes:'] : []),
      ...extraRoutes.flatMap((extra) => indent(asItem(routeLines(extra)), 6)),
    ].join('\n'),
  );
  const list = services.map((service) => `${service}\n`).join('\n');
  const shared = rootLines(root);
  return shared.length === 0 ? list : `${shared.join('\n')}\nservices:\n${list}`;
}

function rootLines({
  issuers,
  serviceAccounts,
  connectors,
  networks,
  deviceHeaders,
  guardrail,
}: RouteTable['root']): string[] {
  const named = networks.map(({ name, ranges }) => `${name}: ${flowList(ranges.map(networkText))}`);
  const deviceLines = [...deviceHeaders].map(([fact, header]) => `${fact}: ${scalarText(header)}`);
  return [
    ...rootList('issuers', issuers.map(issuerLines)),
    ...rootList('service_accounts', [...serviceAccounts.values()].map(accountLines)),
    ...rootList('connectors', [...connectors].map(connectorLines)),
    ...(named.length === 0 ? [] : [`networks: {${named.join(', ')}}`]),
    ...(deviceHeaders.size === 0 ? [] : [`device_headers: {${deviceLines.join(', ')}}`]),
    ...(guardrail.length === 0 ? [] : [`policy: ${policyText(guardrail)}`]),
  ];
}

function rootList(name: string, items: readonly string[][]): string[] {
  return items.length === 0 ? [] : [`${name}:`, ...items.flatMap((item) => indent(asItem(item), 2))];
}

function accountLines({ principal, tokens, awsRole, workload }: ServiceAccount): string[] {
  return [
    `name: ${scalarText(principal.name)}`,
    ...(awsRole === undefined ? [] : [`aws_role: ${scalarText(awsRole.arn)}`]),
    ...(workload === undefined
      ? []
      : [
          `issuer: ${scalarText(workload.issuer)}`,
          'claims:',
          ...indent(
            workload.claims.map(([name, texts]) => `${scalarText(name)}: ${flowList(texts)}`),
            2,
          ),
        ]),
    ...(tokens.length === 0 ? [] : ['secret_hashes:']),
    ...tokens.flatMap(({ hash, expiresAt }) => {
      const end =
        expiresAt === undefined
          ? []
          : [`expires: ${scalarText(new Date(expiresAt).toISOString().replace('.000', ''))}`];
      return indent(asItem([`hash: ${scalarText(hash)}`, ...end]), 2);
    }),
    `scopes: ${flowList(principal.scopes)}`,
  ];
}

function connectorLines([name, account]: readonly [string, string]): string[] {
  return [`name: ${scalarText(name)}`, `service_account: ${scalarText(account)}`];
}

function launcherLines({ launcher }: Route): string[] {
  if (!launcher) return [];
  const { title, description, icon, hidden } = launcher;
  return [
    `title: ${scalarText(title)}`,
    ...(description === undefined ? [] : [`description: ${scalarText(description)}`]),
    ...(icon === undefined ? [] : [`icon: ${scalarText(icon)}`]),
    `hidden: ${hidden}`,
  ];
}

function routeLines(route: Route): string[] {
  return [
    `from: ${scalarText(route.from)}`,
    ...(route.to === undefined ? [] : [`to: ${scalarText(route.to)}`]),
    `type: ${route.kind}`,
    'options:',
    ...indent(
      optionLines(route).filter((line) => saysSomething(line, route)),
      2,
    ),
  ];
}

function saysSomething(line: string, { tcp }: Route): boolean {
  return tcp === undefined || !aboutHttp.some((option) => line.startsWith(`${option}:`));
}

function optionLines(route: Route): string[] {
  return [
    `allowed_groups: ${flowList(route.rules.groups)}`,
    `allowed_email_domains: ${flowList(route.rules.emailDomains)}`,
    `allowed_email_addresses: ${flowList(route.rules.emailAddresses)}`,
    ...bearerLines(route.bearer),
    `policy: ${policyText(route.writtenRules)}`,
    `tags: ${flowList(route.tags)}`,
    `skip_auth_regex: ${flowList(route.publicPaths.map(({ source }) => source))}`,
    `skip_auth_preflight: ${route.skipAuthPreflight}`,
    `provider_slug: ${oneOrList(route.providerSlugs)}`,
    `max_auth_age: ${duration(route.maxAuthAgeMs ?? 0)}`,
    `idle_timeout: ${duration(route.idleTimeoutMs ?? 0)}`,
    `cors: ${corsText(route.cors)}`,
    `allowed_origins: ${flowList(route.allowedOrigins)}`,
    `strip_request_headers: ${flowList(route.stripRequestHeaders)}`,
    `inject_request_headers: ${flowMapping(route.injectRequestHeaders)}`,
    `header_overrides: ${flowMapping(route.headerOverrides)}`,
    `assertion_header: ${scalarText(headerText(route.assertionHeader))}`,
    `assertion_claims: ${flowMapping(route.assertionClaims.map(writtenClaim))}`,
    `timeout: ${duration(route.timeoutMs)}`,
    `reset_deadline: ${duration(route.resetDeadlineMs)}`,
    `keep_alive: ${duration(route.keepAliveMs)}`,
    `via: ${scalarText(route.via ?? '')}`,
    `wait_for: ${waitText(route.waitFor)}`,
    ...(route.tcp === undefined ? [] : [`tcp: ${tcpText(route.tcp)}`]),
    ...(route.tcp === undefined ? [] : [`starttls: ${scalarText(route.startTls ?? '')}`]),
    ...(route.sshCertificate === undefined ? [] : [`ssh_certificate: ${sshText(route.sshCertificate)}`]),
    `aws_sigv4: ${sigv4Text(route.awsSigv4)}`,
    `preserve_host: ${route.preserveHost}`,
    `preserve_location: ${route.preserveLocation}`,
    `pass_access_token: ${route.passAccessToken}`,
    `allow_root_service_worker: ${route.allowRootServiceWorker}`,
    `forward_auth: ${route.forwardAuth}`,
    `protocol: ${route.protocol}`,
    `skip_request_signing: ${route.skipRequestSigning}`,
    `tls_skip_verify: ${route.tlsSkipVerify}`,
    `ca_file: ${scalarText(route.tls.files.ca_file ?? '')}`,
    `client_cert_file: ${scalarText(route.tls.files.client_cert_file ?? '')}`,
    `client_key_file: ${scalarText(route.tls.files.client_key_file ?? '')}`,
    `server_name: ${scalarText(route.tls.serverName ?? '')}`,
    `client_identity: ${identityText(route)}`,
  ];
}

function bearerLines(bearer: Route['bearer']): string[] {
  if (bearer === undefined) return ['bearer: false'];
  return [
    'bearer: true',
    `pass_bearer_token: ${bearer.passesOn}`,
    `required_scopes: ${flowList(bearer.requiredScopes)}`,
    `allowed_scopes: ${flowList(bearer.scopes)}`,
    `allowed_subjects: ${flowList(bearer.subjects)}`,
    `allowed_clients: ${flowList(bearer.clients)}`,
  ];
}

function issuerLines({
  issuer,
  audiences,
  callers,
  emailDomains,
  keys,
  algorithms,
  leewayMs,
  claims,
}: Issuer): string[] {
  const { subject, scopes, groups, client } = claims;
  return [
    `issuer: ${scalarText(issuer)}`,
    `audiences: ${flowList(audiences)}`,
    `callers: ${callers}`,
    ...(emailDomains.length === 0 ? [] : [`email_domains: ${flowList(emailDomains)}`]),
    ...(keys.from === 'discovery' ? [] : [`jwks_${keys.from}: ${scalarText(keys.at)}`]),
    `algorithms: ${flowList(algorithms)}`,
    `leeway: ${duration(leewayMs)}`,
    `subject_claim: ${scalarText(subject)}`,
    ...(scopes.length > 1 ? [] : [`scopes_claim: ${scalarText(scopes.join())}`]),
    ...(groups === undefined ? [] : [`groups_claim: ${scalarText(groups)}`]),
    ...(client.length > 1 ? [] : [`client_claim: ${scalarText(client.join())}`]),
  ];
}

function oneOrList(values: readonly [string, ...string[]]): string {
  return values.length === 1 ? scalarText(values[0]) : flowList(values);
}

function headerText({ name, scheme }: Route['assertionHeader']): string {
  return scheme === '' ? name : `${name}: ${scheme}`;
}

function writtenClaim([name, value]: Route['assertionClaims'][number]): readonly [string, string] {
  return [name, typeof value === 'string' ? value.replace(/^\$/, '$$$$') : `$${value.of}`];
}

/** One without origins takes back what the section around it has. */
function corsText(cors: Cors | undefined): string {
  if (cors === undefined) return '{origins: []}';
  const { origins, methods, headers, credentials, maxAgeMs } = cors;
  const parts = [
    `origins: ${flowList(origins)}`,
    `methods: ${flowList(methods)}`,
    `headers: ${flowList(headers)}`,
    `credentials: ${credentials}`,
    ...(maxAgeMs === undefined ? [] : [`max_age: ${duration(maxAgeMs)}`]),
  ];
  return `{${parts.join(', ')}}`;
}

function policyText(rules: readonly WrittenRule[]): string {
  return `[${rules.map(ruleText).join(', ')}]`;
}

function ruleText({ name, effect, expression, message, status }: WrittenRule): string {
  return flowMapping([
    ['name', name],
    [`${effect}_if`, expression],
    ...(status === undefined ? [] : [['status', String(status)] as const]),
    ...(message === undefined ? [] : [['message', message] as const]),
  ]);
}

function waitText(wait: Route['waitFor']): string {
  if (wait === undefined) return '{}';
  const { path, timeoutMs, expect } = wait;
  return `{path: ${scalarText(path)}, timeout: ${duration(timeoutMs)}, expect: ${expect.least}-${expect.most}}`;
}

function tcpText({ idleMs = 0, longestMs = 0 }: TcpLimits): string {
  return `{idle_timeout: ${duration(idleMs)}, max_duration: ${duration(longestMs)}}`;
}

function identityText({ clientIdentity, tls: { files } }: Route): string {
  if (clientIdentity === undefined) return '{}';
  const { lifetimeMs, written } = clientIdentity;
  const entries = [
    ['ca_cert_file', files.ca_cert_file],
    ['ca_key_file', files.ca_key_file],
    ['lifetime', duration(lifetimeMs)],
    ['subject', written.subject],
    ['san_uri', written.sanUri],
    ['machine_subject', written.machineSubject],
  ] as const;
  return flowMapping(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

function sshText({ keyFile, principals }: SshCertificate): string {
  return `{ca_key_file: ${scalarText(keyFile)}, principals: ${flowList(principals)}}`;
}

function sigv4Text(signed: Route['awsSigv4']): string {
  return signed === undefined
    ? '{}'
    : `{service: ${scalarText(signed.service)}, region: ${scalarText(signed.region)}}`;
}

/** Whole seconds as such; everything else in the milliseconds that it is kept in, so that no digit is lost. */
function duration(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}

function asItem(lines: readonly string[]): string[] {
  return lines.map((line, at) => (at === 0 ? `- ${line}` : `  ${line}`));
}

function indent(lines: readonly string[], spaces: number): string[] {
  return lines.map((line) => ' '.repeat(spaces) + line);
}
