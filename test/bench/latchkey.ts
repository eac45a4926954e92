import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageStart } from '../fixtures/image-start.ts';
import { freePort } from '@latchkey/testing/ports';
import type { Installation } from './installation.ts';
import { startServer } from './processes.ts';
import type { Listening } from './processes.ts';

const root = join(import.meta.dirname, '../..');

/** The domain of everybody, and the group that everybody is in. */
export const domain = 'bench.example';
export const theirGroup = `team@${domain}`;

/** The hosts of the gate: everything of the first is public, the others want a session. */
export const hosts = {
  open: `open.${domain}`,
  app: `app.${domain}`,
  signed: `signed.${domain}`,
  live: `live.${domain}`,
} as const;

/** One entry of an upstream file. */
export function service(name: string, to: number, options: string): string {
  return `- service: ${name}\n  default: { from: ${name}.${domain}, to: 'http://127.0.0.1:${to}', options: { ${options} } }\n`;
}

const forTeam = `allowed_groups: [${theirGroup}]`;

/** The upstream file of all comparisons. */
export function upstreamFile({ originPort, echoPort }: Installation): string {
  return [
    service('open', originPort, `allowed_email_domains: ['*'], skip_auth_regex: ['^/']`),
    service('app', originPort, `${forTeam}, skip_request_signing: true`),
    service('signed', originPort, forTeam),
    service('live', echoPort, forTeam),
  ].join('');
}

/**
 * Starts the built gate as the image starts it, with its access log in a file.
 *
 * @param file the upstream file
 */
export async function startLatchkey(
  name: string,
  installation: Installation,
  file: string = upstreamFile(installation),
): Promise<Listening> {
  const port = await freePort();
  const { flags, env: forNode } = imageStart();
  const command = [process.execPath, ...flags, '--', join(root, 'services/proxy/dist/main.js')];
  const output = join(installation.dir, name);
  const configFile = `${output}.yml`;
  writeFileSync(configFile, file);
  const env = { ...forNode, ...environment(installation, port), UPSTREAM_CONFIGFILE: configFile };
  return startServer('server', command, { port, output, env });
}

/** The environment of the gate, but for its upstream file. */
export function environment({ authPort, secrets }: Installation, port: number): Record<string, string> {
  return {
    SERVER_PORT: port.toString(),
    SERVER_ADDRESS: '127.0.0.1',
    PROVIDER_URL_EXTERNAL: `http://sso.${domain}`,
    PROVIDER_URL_INTERNAL: `http://127.0.0.1:${authPort}`,
    CLIENT_ID: 'proxy',
    CLIENT_SECRET: secrets.CLIENT_SECRET,
    SESSION_COOKIE_SECRET: secrets.SESSION_COOKIE_SECRET,
    ASSERTION_KEY: secrets.ASSERTION_KEY,
    SESSION_COOKIE_DOMAIN: domain,
    SESSION_COOKIE_SECURE: 'false',
    SSO_CONFIG_SIGNED_SIGNING_KEY: `sha256:${secrets.BENCH_PASSWORD}`,
  };
}
