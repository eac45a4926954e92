// What a deployment of BuzzFeed SSO expects of its image, as far as the Dockerfile tells. The script
// `test:images` builds it and runs it.
import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { baseImages, readDockerfile } from '../fixtures/dockerfile.ts';

const root = join(import.meta.dirname, '../..');
const bin = join(root, 'deploy/images/bin');
const last = readDockerfile().at(-1) ?? [];
const valuesOf = (name: string) =>
  last.filter((instruction) => instruction.name === name).map(({ value }) => value);

describe('image', () => {
  test('`/bin/sso-auth` and `/bin/sso-proxy` as commands, `/bin/sso-connector` and `/bin/latchkey`', () => {
    expect(valuesOf('COPY')).toContain('--chmod=0755 deploy/images/bin /usr/bin');
    expect(readdirSync(bin).toSorted()).toEqual([
      'healthcheck',
      'latchkey',
      'sso-auth',
      'sso-connector',
      'sso-proxy',
    ]);
    for (const [command, name] of [
      ['sso-auth', 'auth'],
      ['sso-proxy', 'proxy'],
      ['sso-connector', 'connector'],
      ['latchkey', 'cli'],
    ] as const) {
      const script = readFileSync(join(bin, command), 'utf8');
      expect(script).toMatch(
        new RegExp(
          `\nexec .*/node (?:--[a-z-]+(?:=\\d+)? )*-- /opt/latchkey/node_modules/@latchkey/${name}/dist/main.js "\\$@"\n$`,
        ),
      );
      expect(statSync(join(bin, command)).mode & 0o111).toBe(0o111);
    }
  });

  test('port 4180', () => expect(valuesOf('EXPOSE')).toEqual(['4180']));

  test('non-root, by a number', () =>
    expect(valuesOf('USER')).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]));

  test('no entrypoint, not that of a base either', () => expect(valuesOf('ENTRYPOINT')).toEqual(['[]']));

  test('the working folder is /', () => expect(valuesOf('WORKDIR')).toEqual([]));

  test('a way to health-check', () => {
    expect(valuesOf('HEALTHCHECK')).toEqual([expect.stringMatching(/ CMD \["\/bin\/healthcheck"\]$/)]);
  });

  test('graceful drain: it is asked to stop by the signal that the services handle', () => {
    expect(valuesOf('STOPSIGNAL')).toEqual(['SIGTERM']);
  });

  test('its Node is the one that the tests run on', () => {
    expect(baseImages()).toContain(`docker.io/library/node:${process.versions.node}-bookworm-slim`);
  });
});
