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
  ruled: `ruled.${domain}`,
  aws: `aws.${domain}`,
  live: `live.${domain}`,
  reached: `reached.${domain}`,
} as const;

/** One entry of an upstream file. */
export function service(name: string, to: number, options: string): string {
  return `- service: ${name}\n  default: { from: ${name}.${domain}, to: 'http://127.0.0.1:${to}', options: { ${options} } }\n`;
}

const forTeam = `allowed_groups: [${theirGroup}]`;

// Of each kind one that is asked for every request: a network, a path and a group, a method and the time since the sign-in.
const rules = [
  `{ name: inside, deny_if: '!(request.address in networks.here)' }`,
  `{ name: admin, deny_if: 'request.path.startsWith("/admin") && !("admins@${domain}" in user.groups)' }`,
  `{ name: fresh, deny_if: 'request.method != "GET" && request.time - user.auth_time > duration("15m")' }`,
];
const lattice = '{ service: vpc-lattice-svcs, region: eu-central-1 }';

/** The upstream file of all comparisons. */
export function upstreamFile({ originPort, echoPort }: Installation): string {
  return [
    'networks: { here: [127.0.0.0/8, 10.0.0.0/8] }\nservices:\n',
    service('open', originPort, `allowed_email_domains: ['*'], skip_auth_regex: ['^/']`),
    service('app', originPort, `${forTeam}, skip_request_signing: true`),
    service('signed', originPort, forTeam),
    service('live', echoPort, forTeam),
    service('ruled', originPort, `${forTeam}, skip_request_signing: true, policy: [${rules.join(', ')}]`),
    service('aws', originPort, `${forTeam}, skip_request_signing: true, aws_sigv4: ${lattice}`),
  ].join('');
}

/**
 * Starts the built gate as the image starts it, with its access log in a file.
 *
 * @param file the upstream file
 * @param more variables
 */
export async function startLatchkey(
  name: string,
  installation: Installation,
  file: string = upstreamFile(installation),
  more: Readonly<Record<string, string>> = {},
): Promise<Listening> {
  const port = await freePort();
  const { flags, env: forNode } = imageStart();
  const command = [process.execPath, ...flags, '--', join(root, 'services/proxy/dist/main.js')];
  const output = join(installation.dir, name);
  const configFile = `${output}.yml`;
  writeFileSync(configFile, file);
  const own = { ...environment(installation, port), UPSTREAM_CONFIGFILE: configFile };
  const env = { ...forNode, ...own, ...more };
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
    // Nobody's: what is behind the gate looks at no signature.
    AWS_ACCESS_KEY_ID: 'AKIABENCH',
    AWS_SECRET_ACCESS_KEY: secrets.BENCH_PASSWORD,
    AWS_SESSION_TOKEN: 'x'.repeat(700),
    SSO_CONFIG_SIGNED_SIGNING_KEY: `sha256:${secrets.BENCH_PASSWORD}`,
  };
}
