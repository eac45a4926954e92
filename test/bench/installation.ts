import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { jwks, loadAssertionKeys } from '@latchkey/identity';
import { theirGroup } from './latchkey.ts';
import { startOrigin } from './origin.ts';
import { startNode } from './processes.ts';

type Secret = 'CLIENT_SECRET' | 'SESSION_COOKIE_SECRET' | 'BENCH_PASSWORD' | 'ASSERTION_KEY';

/** What all servers share: the applications behind them, what stands for auth, and the secrets of sessions. */
export type Installation = {
  /** for whatever is written, and gone with the run */
  readonly dir: string;
  readonly originPort: number;
  readonly echoPort: number;
  readonly authPort: number;
  readonly secrets: Readonly<Record<Secret, string>>;
};

/** Starts it. */
export async function startInstallation(dir: string): Promise<Installation> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const keys = loadAssertionKeys(publicKey);
  if ('problem' in keys) throw new Error(keys.problem);
  const [origin, echo, auth] = await Promise.all([
    startOrigin(dir),
    startNode('load', 'echo', { dir }),
    startNode('load', 'auth', { dir, args: [theirGroup, jwks(keys)] }),
  ]);
  return {
    dir,
    originPort: origin.port,
    echoPort: echo.port,
    authPort: auth.port,
    secrets: {
      CLIENT_SECRET: randomBytes(24).toString('hex'),
      SESSION_COOKIE_SECRET: randomBytes(32).toString('base64'),
      BENCH_PASSWORD: randomBytes(24).toString('hex'),
      ASSERTION_KEY: privateKey,
    },
  };
}
