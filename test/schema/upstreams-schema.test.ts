// What an editor says with docs/upstreams.schema.json and what the proxy says when it starts are the same.
import { describe, expect, test } from '@jest/globals';
import { loadUpstreams, printTable } from '@latchkey/upstreams';
import type { LoadedUpstreams } from '@latchkey/upstreams';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { YAML11_SCHEMA, load as parseYaml } from 'js-yaml';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const fixtures = (kind: string) =>
  readdirSync(join(root, 'test/schema/fixtures', kind)).map((name) => `test/schema/fixtures/${kind}/${name}`);

const fits = new Ajv2020({ allowUnionTypes: true, strictTypes: false }).compile(
  JSON.parse(read('docs/upstreams.schema.json')) as object,
);

type Variables = Record<string, string>;

function variablesOf(envFile: string): Variables {
  const settings = [...read(envFile).matchAll(/^SSO_CONFIG_(\w+)=(.*)$/gm)];
  return Object.fromEntries(settings.map(([, name = '', value = '']) => [name.toLowerCase(), value]));
}

/** Complaints of the schema about a text, read as YAML 1.1 like the loader reads it. */
function complaintsAbout(text: string, variables: Variables = {}) {
  const filled = text.replaceAll(
    /\{\{(\w+)\}\}/g,
    (placeholder, name: string) => variables[name] ?? placeholder,
  );
  return fits(parseYaml(filled, { schema: YAML11_SCHEMA })) ? [] : fits.errors;
}

function load(
  path: string,
  text: string,
  cluster = 'prod',
  templateVariables: Variables = {},
): LoadedUpstreams {
  const defaults = {
    emailDomains: [],
    emailAddresses: [],
    groups: [],
    timeoutMs: 1_000,
    resetDeadlineMs: 1_000,
  };
  return loadUpstreams({
    file: path,
    text,
    cluster,
    scheme: 'http',
    defaults: { ...defaults, provider: 'google' },
    templateVariables,
  });
}

describe('an example or fixture that the schema accepts is loaded', () => {
  const demoPorts = { hello_port: '4201', wiki_port: '4202', vault_port: '4203' };
  test.each<[path: string, cluster: string, variables: Variables]>([
    ['deploy/demo/upstreams.yml', '', demoPorts],
    ['deploy/environments/upstreams.yml', 'staging', variablesOf('deploy/environments/proxy.staging.env')],
    ['deploy/environments/upstreams.yml', 'prod', variablesOf('deploy/environments/proxy.prod.env')],
    ...fixtures('valid').map((path): [string, string, Variables] => [path, 'prod', {}]),
  ])('%s %s', (path, cluster, variables) => {
    const text = read(path);
    expect(complaintsAbout(text, variables)).toEqual([]);
    const { table, diagnostics } = load(path, text, cluster, variables);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(table).toBeDefined();
    if (table !== undefined) expect(complaintsAbout(printTable(table))).toEqual([]);
  });
});

describe('a mistake of shape is refused by the schema and by the loader', () => {
  test.each(fixtures('invalid'))('%s', (path) => {
    const text = read(path);
    expect(complaintsAbout(text)).not.toEqual([]);
    const { table, diagnostics } = load(path, text);
    expect(table).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toContain(/LK\d+/.exec(path)?.[0]);
  });
});
