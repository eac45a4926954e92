import { describe, expect, test } from '@jest/globals';
import { authVariables } from './auth-variables.ts';
import { connectorVariables } from './connector-variables.ts';
import { createEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { noFindings } from './findings.ts';
import { sentenceOf } from './problem.ts';
import {
  cognitoVariables,
  googleVariables,
  oidcVariables,
  oktaVariables,
  providerVariables,
} from './provider-variables.ts';
import { proxyVariables } from './proxy-variables.ts';
import { readTable } from './read-table.ts';
import type { Table, Variable } from './variable.ts';
import { filesOf } from '@latchkey/testing/environments';

const tables: Record<string, Table> = {
  proxy: proxyVariables,
  auth: authVariables,
  connector: connectorVariables,
  provider: {
    ...providerVariables,
    ...googleVariables,
    ...oidcVariables,
    ...oktaVariables,
    ...cognitoVariables,
  },
};

const rows = Object.entries(tables).flatMap(([part, table]) =>
  Object.entries(table).map(([name, variable]): [string, string, Variable] => [part, name, variable]),
);

function readOne(name: string, variable: Variable, text: string): string[] {
  return read(name, variable, createEnvironment({ [name]: text }));
}

function readOneFile(name: string, variable: Variable, content: string): string[] {
  const files = { '/run/secrets/one': content };
  return read(name, variable, createEnvironment({ [`${name}_FILE`]: '/run/secrets/one' }, filesOf(files)));
}

function read(name: string, variable: Variable, environment: Environment): string[] {
  const findings = noFindings();
  readTable({ [name]: variable }, environment, findings);
  return [...findings.errors, ...findings.warnings].map(sentenceOf);
}

describe('a row of a table', () => {
  test.each(rows)(
    'of %s, %s: has a default that can be read and is not required with one',
    (_part, name, variable) => {
      if (variable.default === undefined) return;
      expect(variable.required).toBeUndefined();
      expect(readOne(name, variable, variable.default)).toEqual([]);
    },
  );

  test.each(rows.filter(([, , { required }]) => required))(
    'of %s, %s: has an example that stands in for it where it is not known',
    (_part, name, variable) => {
      expect(readOne(name, variable, variable.type.example ?? '')).toEqual([]);
    },
  );

  test.each(rows)('of %s, %s: is named in every message about a bad value', (_part, name, variable) => {
    for (const text of ['not/a value ${GONE} ,', '\n', '0', 'é']) {
      for (const line of readOne(name, variable, text)) expect(line.startsWith(`${name}: `)).toBe(true);
    }
  });

  test.each(rows.filter(([, , variable]) => variable.secret))(
    'of %s, %s: never shows its secret',
    (_part, name, variable) => {
      const pieces = ['hunter2', 'topsecret', 'GONE'];
      const text = `${pieces[0]}://ada:${pieces[1]}@x,\${${pieces[2]}},${pieces[0]}`;
      const lines = [
        ...readOne(name, variable, text),
        ...readOneFile(name, variable, text),
        ...read(name, variable, createEnvironment({ [`${name}_FILE`]: text })),
      ].join('\n');
      for (const piece of pieces) expect(lines).not.toContain(piece);
    },
  );

  test('has a name that is not the file of a secret of its service', () => {
    for (const table of [
      proxyVariables,
      authVariables,
      { ...providerVariables, ...googleVariables },
    ] satisfies Table[]) {
      const secrets = Object.fromEntries(Object.entries<Variable>(table).filter(([, row]) => row.secret));
      const files = new Set(namesOf(secrets).map((name) => `${name}_FILE`));
      expect(namesOf(table).filter((name) => files.has(name))).toEqual([]);
    }
  });

  test('is secret where its name says so', () => {
    const secrets = rows.filter(([, , variable]) => variable.secret).map(([, name]) => name);
    const telling = rows.map(([, name]) => name).filter((name) => /SECRET|_KEY$/.test(name));
    expect(secrets).toEqual(expect.arrayContaining(telling));
  });

  test('has older names that no other row of its service has', () => {
    for (const table of [proxyVariables, authVariables] satisfies Table[]) {
      const names = namesOf(table);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

function namesOf(table: Table): string[] {
  return Object.entries(table).flatMap(([name, { aliases }]) => [name, ...(aliases ?? [])]);
}
