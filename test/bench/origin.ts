import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../fixtures/ports.ts';
import { startNginx } from './nginx.ts';
import type { Listening } from './processes.ts';

/** The bodies that the application answers with, by their paths. */
export const bodies = { '1k': 1024, '100k': 100 * 1024 } as const;

/** Starts the application that all servers stand in front of. */
export async function startOrigin(dir: string): Promise<Listening> {
  const www = join(dir, 'www');
  mkdirSync(www);
  for (const [name, length] of Object.entries(bodies)) writeFileSync(join(www, name), 'x'.repeat(length));
  const port = await freePort();
  return startNginx('load', {
    dir,
    name: 'origin',
    port,
    http: `open_file_cache max=10; sendfile on; server { listen 127.0.0.1:${port}; root ${www}; }`,
  });
}
