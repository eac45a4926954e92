// What an editor says with docs/upstreams.schema.json and what the proxy says when it starts are the same.
import { describe, expect, test } from '@jest/globals';
import { loadUpstreams, printTable } from '@latchkey/upstreams';
import type { LoadedUpstreams } from '@latchkey/upstreams';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { CORE_SCHEMA, YAML11_SCHEMA, load as parseYaml, mergeTag } from 'js-yaml';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { upstreamFile } from '../properties/arbitrary-upstream-file.ts';
import { fileWith, mistakes } from '../properties/upstream-mistakes.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const fixtures = (kind: string) =>
  readdirSync(join(root, 'test/schema/fixtures', kind)).map((name) => `test/schema/fixtures/${kind}/${name}`);

/** What editors read beyond JSON Schema. */
const editorKeywords = [
  'markdownDescription',
  'enumDescriptions',
  'markdownEnumDescriptions',
  'errorMessage',
  'patternErrorMessage',
  'doNotSuggest',
  'defaultSnippets',
];
const schema = JSON.parse(read('docs/upstreams.schema.json')) as object;
const fits = new Ajv2020({ allowUnionTypes: true, strictTypes: false, keywords: editorKeywords }).compile(
  schema,
);

type Variables = Record<string, string>;

function variablesOf(envFile: string): Variables {
  const settings = [...read(envFile).matchAll(/^SSO_CONFIG_(\w+)=(.*)$/gm)];
  return Object.fromEntries(settings.map(([, name = '', value = '']) => [name.toLowerCase(), value]));
}

/** Complaints of the schema about a text, read as YAML 1.1 like the loader reads it, or as 1.2 like most editors do. */
function complaintsAbout(text: string, variables: Variables = {}, yaml = YAML11_SCHEMA) {
  const filled = text.replaceAll(
    /\{\{(\w+)\}\}/g,
    (placeholder, name: string) => variables[name] ?? placeholder,
  );
  return fits(parseYaml(filled, { schema: yaml })) ? [] : fits.errors;
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
  const ofDemo = {
    hello_port: '4201',
    wiki_port: '4202',
    vault_port: '4203',
    bot_token_hash: `sha256:${'0'.repeat(64)}`,
    connector_token_hash: `sha256:${'1'.repeat(64)}`,
    intranet_socket: '/run/intranet.sock',
  };
  test.each<[path: string, cluster: string, variables: Variables]>([
    ['deploy/demo/upstreams.yml', '', ofDemo],
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

describe('what the loader takes, no editor marks', () => {
  const editorYaml = CORE_SCHEMA.withTags(mergeTag);

  test.each(fixtures('valid'))('%s, read as YAML 1.2', (path) => {
    expect(complaintsAbout(read(path), {}, editorYaml)).toEqual([]);
  });

  test('whatever a valid file holds, except that a key which nothing reads is marked', () => {
    fc.assert(
      fc.property(upstreamFile, fc.constantFrom(YAML11_SCHEMA, editorYaml), ({ input }, yaml) => {
        const hasUnknownKey = loadUpstreams(input).diagnostics.some(({ code }) => code === 'LK202');
        const complaints = complaintsAbout(input.text, input.templateVariables, yaml) ?? [];
        const unknownKeys = complaints.filter(({ keyword }) => keyword === 'additionalProperties');
        expect(unknownKeys.length > 0).toBe(hasUnknownKey);
        if (!hasUnknownKey) expect(complaints).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a mistake is marked where JSON Schema can tell', () => {
  test('and a file without mistakes is not', () => {
    expect(complaintsAbout(fileWith([]))).toEqual([]);
  });

  test.each(mistakes)('$code at $touches.0 ($#): $inSchema', (mistake) => {
    expect(complaintsAbout(fileWith([mistake]))?.length !== 0).toBe(mistake.inSchema);
  });
});

/** The properties of a schema and of all that it holds, by their place in it. */
function propertiesIn(value: unknown, place = ''): Array<[place: string, property: object]> {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const below = propertiesIn(inner, `${place}/${key}`);
    const isProperty = place.endsWith('/properties') && typeof inner === 'object' && inner !== null;
    return isProperty ? [[`${place}/${key}`, inner], ...below] : below;
  });
}

describe('every key is explained', () => {
  const definitions = (schema as { $defs: Record<string, object> }).$defs;

  test.each(propertiesIn(schema).filter(([, property]) => !('not' in property)))('%s', (_, property) => {
    const reference = '$ref' in property ? String(property.$ref).split('/').at(-1) : undefined;
    expect(reference === undefined ? property : definitions[reference]).toMatchObject({
      description: expect.stringMatching(/^[^`]{20,}[.]$/),
      markdownDescription: expect.stringMatching(/[.]$/),
    });
  });
});
