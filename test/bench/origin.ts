import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@latchkey/testing/ports';
import { bodies } from './bodies.ts';
import { startNginx } from './nginx.ts';
import { isInstalled, startNode } from './processes.ts';
import type { Listening } from './processes.ts';

/** Starts the application that all servers stand in front of. */
export async function startOrigin(dir: string): Promise<Listening> {
  if (!isInstalled('nginx')) return startNode('load', 'origin', { dir });
  const www = join(dir, 'www');
  mkdirSync(www);
  for (const [name, length] of Object.entries(bodies)) writeFileSync(join(www, name), 'x'.repeat(length));
  const port = await freePort();
  return startNginx('load', {
    dir,
    name: 'origin',
    port,
    http: `access_log off; open_file_cache max=10; server { listen 127.0.0.1:${port}; root ${www}; }`,
  });
}
