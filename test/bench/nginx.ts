import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from './processes.ts';
import type { Listening, Side } from './processes.ts';

/** Starts an nginx of one process, with what stands in its `http` block. */
export function startNginx(
  side: Side,
  { dir, name, port, http }: { dir: string; name: string; port: number; http: string },
): Promise<Listening> {
  const home = join(dir, name);
  mkdirSync(home);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${home};`,
  );
  writeFileSync(
    join(home, 'nginx.conf'),
    `daemon off; master_process off; pid ${home}/pid; error_log stderr;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 10m; ${temporary.join(' ')}
  ${http}
}
`,
  );
  const command = ['nginx', '-e', 'stderr', '-p', home, '-c', join(home, 'nginx.conf')];
  return startServer(side, command, { port, output: join(home, 'output') });
}
