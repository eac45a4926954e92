// Traefik hands on only those cookies of a yes that its file names. One that it does not know never reaches the browser: who had
// used an application all the time was asked to prove who they are, as if they had left it alone.
import { expect, test } from '@jest/globals';
import { cookieName } from '@latchkey/session';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

test('the file of Traefik names every cookie that a yes may set', () => {
  const sources = globSync('services/proxy/src/authn/*.ts', { cwd: root }).map((file) =>
    readFileSync(join(root, file), 'utf8'),
  );
  const names = sources.flatMap((text) =>
    [...text.matchAll(/cookieName\('(\w+)'/g)].map(([, name = '']) => name),
  );
  const wanted = names.map((name) => cookieName(name, { secure: true }));
  expect(wanted).toContain('__Host-latchkey_person');
  const listed = readFileSync(join(root, 'deploy/fronts/traefik.yml'), 'utf8').match(/(?<=^ +- )__\S+/gm);
  expect(listed).toEqual(expect.arrayContaining(wanted));
});
