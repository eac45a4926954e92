import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { WrittenConnector } from '../shape/connectors.ts';
import { readable, readableOf } from '../shape/reader.ts';
import type { Unreadable } from '../shape/reader.ts';
import type { Options } from '../shape/options.ts';
import type { RootSettings, Route } from '../types.ts';
import type { Reach } from './reach.ts';

type Written = ReadonlyArray<WrittenConnector | Unreadable> | Unreadable | undefined;

/** Which service account each connector comes with, by the names of connectors. What is wrong is reported. */
export function resolveConnectors(
  written: Written,
  accounts: RootSettings['serviceAccounts'],
  report: Report,
): ReadonlyMap<string, string> {
  const connectors = new Map<string, string>();
  for (const { at, name: writtenName, service_account: writtenAccount } of readableOf(written)) {
    if (writtenName === undefined || writtenAccount === undefined) {
      const message =
        'A connector needs a name and a service account: write `name: grafana-prod` and `service_account: grafana-connector`';
      report('connectorName', at, message);
    }
    const [name, account] = [readable(writtenName), readable(writtenAccount)];
    if (name !== undefined && connectors.has(name.value)) {
      const message = `There is another connector ${quote(name.value)}: several with one \`CONNECTOR_NAME\` are one entry`;
      report('connectorTwice', name.at, message);
    }
    if (account !== undefined && !accounts.has(account.value)) {
      const message = `There is no service account ${quote(account.value)}: make one with \`latchkey keys service-token ${account.value}\``;
      report('connectorAccount', account.at, message);
    }
    if (name !== undefined && account !== undefined) connectors.set(name.value, account.value);
  }
  return connectors;
}

type Beside = {
  readonly kind: Route['kind'] | undefined;
  readonly reach: Reach | undefined;
  readonly waitFor: Route['waitFor'];
  readonly root: RootSettings;
};

/** Through which connector a route leads, and that nothing else in it needs another way. */
export function resolveVia(options: Options, beside: Beside, report: Report): string | undefined {
  const via = readable(options.via);
  if (via === undefined || via.value === '') return undefined;
  if (!beside.root.connectors.has(via.value)) {
    const message = `There is no connector ${quote(via.value)}: write it into \`connectors\`, beside \`services\``;
    report('connectorUnknown', via.at, message);
  }
  for (const why of [...whyNot(beside), ...whyNotOverTls(options, beside)])
    report('viaUnusable', via.at, why);
  return via.value;
}

function whyNot({ kind, waitFor }: Beside): string[] {
  return [
    ...(kind === 'launcher' ? ['A launcher forwards nothing: remove `via`'] : []),
    ...(kind === 'rewrite'
      ? [`The targets of a connector are fixed, and those of a pattern are not: write a route for each host`]
      : []),
    ...(waitFor === undefined ? [] : ['The connector itself waits for the application: remove `wait_for`']),
  ];
}

const ofTheProxy = ['ca_file', 'client_cert_file', 'client_key_file', 'server_name'] as const;

// TLS is then between the connector and the application, and the connector has what it needs in its own environment.
function whyNotOverTls(options: Options, { reach }: Beside): string[] {
  const target = reach !== undefined && 'target' in reach ? reach.target : undefined;
  if (target?.origin.startsWith('https:') !== true) return [];
  const idle: string[] = ofTheProxy.filter((option) => (readable(options[option])?.value ?? '') !== '');
  if (readable(options.tls_skip_verify) === true) idle.push('tls_skip_verify');
  const identity = readable(options.client_identity);
  if (identity !== undefined && Object.keys(identity).some((key) => key !== 'at'))
    idle.push('client_identity');
  return [
    ...idle.map((option) => `The connector begins TLS with the application by itself: remove \`${option}\``),
    ...(readable(options.protocol)?.value === 'h2'
      ? ['A connector speaks HTTP/1.1 over TLS: remove `protocol`, or write `to: http://…` and `h2c`']
      : []),
  ];
}
