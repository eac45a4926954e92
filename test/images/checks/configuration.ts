import { deepEqual, match, ok } from 'node:assert/strict';
import { marker, revision } from '../image.ts';
import type { Check } from './check.ts';

/** What the image says about itself. */
export const configuration: readonly Check[] = [
  {
    name: 'has no entrypoint, and / as its working folder',
    run({ inspected: { Config } }) {
      deepEqual(Config.Entrypoint ?? [], []);
      ok(['', '/'].includes(Config.WorkingDir ?? ''), Config.WorkingDir);
    },
  },
  {
    name: 'runs as a user that is not root, by number',
    run: ({ inspected }) => match(inspected.User, /^[1-9]\d*:[1-9]\d*$/),
  },
  {
    name: 'exposes port 4180 and no other',
    run: ({ inspected }) => deepEqual(Object.keys(inspected.Config.ExposedPorts ?? {}), ['4180/tcp']),
  },
  {
    name: 'is stopped by SIGTERM, and checked by /bin/healthcheck',
    run({ inspected }) {
      deepEqual(inspected.Config.StopSignal, 'SIGTERM');
      deepEqual(inspected.Healthcheck?.Test, ['CMD', '/bin/healthcheck']);
    },
  },
  {
    name: 'says what it is, and which version and revision',
    run({ inspected: { Labels } }) {
      deepEqual(Labels['org.opencontainers.image.title'], 'Latchkey');
      deepEqual(Labels['org.opencontainers.image.version'], '1.2.3');
      deepEqual(Labels['org.opencontainers.image.revision'], revision);
      deepEqual(Labels['org.opencontainers.image.licenses'], 'MIT');
    },
  },
  {
    name: 'brings no setting of its own, and no secret in its history',
    run({ inspected }) {
      deepEqual(
        inspected.Config.Env.filter((line) => !line.startsWith('PATH=')),
        ['NODE_ENV=production'],
      );
      ok(!JSON.stringify(inspected).includes(marker));
    },
  },
];
