// There was no page about the options of the upstream file: one had to read the schema, or try. Now that there is one, what
// it shows has to be what the proxy takes.
import { describe, expect, test } from '@jest/globals';
import { loadUpstreams, renderUpstreamReference, renderUpstreamSchema } from '@latchkey/upstreams';
import { noDefaultRules } from '@latchkey/testing';

const page = renderUpstreamReference();

const base = `- service: wiki
  default:
    from: wiki.test
    to: https://wiki.test
    options: { allowed_groups: [g] }
`;

// A certificate and its key are two options, and neither is taken alone.
const paired = base.replace('[g]', '[g], client_cert_file: /proxy.pem, client_key_file: /proxy.key');

type Properties = Record<string, { deprecated?: true; not?: object }>;
const schema: { then: { properties: Properties }; $defs: Record<string, { properties: Properties }> } =
  JSON.parse(renderUpstreamSchema());
const rootKeys = Object.keys(schema.then.properties).filter((key) => !/^(?:services|defaults)$/.test(key));

// What is said of tokens is heard on a route that takes them.
const withTokens = base.replace('[g]', '[g], bearer: true');

// A connector comes with the token of an account of the file, and a route names one of the list.
const itsAccount = `service_accounts: [{ name: grafana-connector, secret_hashes: [{ hash: 'sha256:${'a'.repeat(64)}' }] }]\n`;
const itsName = 'connectors: [{ name: grafana-prod, service_account: grafana-connector }]\n';

/** A part of a file, with what has to be around it. */
function fileFrom(example: string): string {
  if (/^defaults:|^ +default:/m.test(example)) return example;
  if (example.startsWith('connectors:')) return `${itsAccount}${example}\nservices:\n${base}`;
  if (/^ +via:/m.test(example)) {
    const route = base.replace('https://wiki.test', 'http://wiki.test');
    return `${itsAccount}${itsName}services:\n${route}  prod:\n${example.replaceAll(/^/gm, '    ')}\n`;
  }
  if (rootKeys.some((key) => example.startsWith(`${key}:`))) return `${example}\nservices:\n${base}`;
  if (example.startsWith('- ')) return `${example}${base.slice(base.indexOf('\n'))}`;
  return `${around(example)}  prod:\n${example.replaceAll(/^/gm, '    ')}\n`;
}

function around(example: string): string {
  if (/client_\w+_file/.test(example)) return paired;
  if (/^ +(?:tcp|starttls|ssh_certificate):/m.test(example))
    return base.replace('https://wiki.test', 'tcp://wiki.test:22');
  return /_scopes|_subjects|_clients|bearer_token/.test(example) ? withTokens : base;
}

function load(text: string) {
  return loadUpstreams({
    file: 'upstreams.yml',
    text,
    cluster: 'prod',
    scheme: 'https',
    defaults: noDefaultRules,
    templateVariables: { root_domain: 'corp.example.com' },
  });
}

/** What became of the file, wherever its routes stand. */
function readingOf(text: string): string {
  return JSON.stringify(load(text).table, (key, value: unknown) => {
    if (key === 'position') return undefined;
    return value instanceof Map ? [...value] : value;
  });
}

const examples = [...page.matchAll(/```yaml\n([^]*?)\n```/g)].map(([, text = '']) => text);
const fields = [...page.matchAll(/^### `(\w+)`\n[^]*?```yaml\n([^]*?)\n```/gm)].map(
  ([, name = '', example = '']) => [name, example] as const,
);

test.each(examples)('the example is taken without a word (%#): %s', (example) => {
  const { table, diagnostics } = load(fileFrom(example));
  // A list of one kind beside the group of the base is what it is there to show.
  expect(diagnostics.filter(({ code }) => code !== 'LK401')).toEqual([]);
  expect(table?.routes.length).toBeGreaterThan(0);
});

describe('the example makes a difference', () => {
  const withoutEffect = new Set(['service', 'type', 'flush_interval']);
  test.each(fields.filter(([name]) => !withoutEffect.has(name)))('of %s', (_, example) => {
    expect(readingOf(fileFrom(example))).not.toBe(readingOf(base));
  });
});

test('every key that an editor offers stands there once', () => {
  const keys = ['service', 'section', 'options'].flatMap((name) =>
    Object.entries(schema.$defs[name]?.properties ?? {})
      .filter(([, { deprecated, not }]) => deprecated === undefined && not === undefined)
      .map(([key]) => key),
  );
  const expected = [
    ...rootKeys,
    ...keys.filter((key) => key !== 'default' && key !== 'options'),
    'flush_interval',
  ];
  // `policy` stands in the root and among the options.
  expect(fields.map(([name]) => name).toSorted()).toEqual([...new Set(expected)].toSorted());
});
