import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startProgram } from '../fixtures/running-program.ts';

/** Tasks of one service, by their ports. */
export type Group = readonly number[];

/** nginx in the place of a load balancer: it does as an ALB does, and tries no other task for a request unless it is asked to. */
export type Balancer = {
  /** resolves when it leads to all of them */
  complete(): Promise<void>;
  close(): Promise<void>;
};

/** Marks an answer of the balancer itself about a task that gave none: its address, and `-` where it refused the connection. */
export const lostHeader = 'x-lost';

// As often as tests can wait for it; an ALB asks every five seconds at most.
const everyMs = 300;
const withinMs = 1_500;
const tries = 2;

/**
 * Starts it in front of both services.
 *
 * @param nginx the path of its executable
 * @param options.authHost the host that leads to auth; every other one leads to the proxy
 * @param options.triesNext whether a request goes to another task where the first takes no connection
 */
export async function startBalancer(
  nginx: string,
  options: {
    folder: string;
    port: number;
    authHost: string;
    auth: Group;
    proxy: Group;
    triesNext?: boolean;
  },
): Promise<Balancer> {
  const { folder, port, auth, proxy } = options;
  const all = [...auth, ...proxy];
  const failures = new Map<number, number>();
  const isOut = (task: number) => (failures.get(task) ?? 0) >= tries;
  let out = '';
  const confText = () => configuration(options, isOut);
  const program = await startProgram(
    nginx,
    { files: { 'nginx.conf': confText() }, args: ['-p', folder, '-e', 'stderr', '-c', 'nginx.conf'] },
    { folder, port },
  );
  const over = new AbortController();
  const looking = look();

  async function look(): Promise<void> {
    while (!over.signal.aborted) {
      await Promise.all(
        all.map(async (task) => failures.set(task, (await isWell(task)) ? 0 : (failures.get(task) ?? 0) + 1)),
      );
      const now = all.filter(isOut).join();
      if (now !== out) {
        writeFileSync(join(folder, 'nginx.conf'), confText());
        process.kill(Number(readFileSync(join(folder, 'nginx.pid'), 'utf8')), 'SIGHUP');
        // It has no word for having done so, and takes some milliseconds.
        await pause(everyMs);
        out = now;
      }
      await pause(everyMs, undefined, { signal: over.signal }).catch(() => undefined);
    }
  }

  return {
    complete: () => until(() => out === '' && !all.some((task) => isOut(task))),
    async close() {
      over.abort();
      await looking;
      await program.stop();
    },
  };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(everyMs / 3);
}

async function isWell(task: number): Promise<boolean> {
  const asked = fetch(`http://127.0.0.1:${task}/ping`, { signal: AbortSignal.timeout(withinMs) });
  return asked.then(
    async (answer) => answer.text().then(() => answer.ok),
    () => false,
  );
}

function configuration(
  { folder, port, authHost, auth, proxy, triesNext = false }: Parameters<typeof startBalancer>[1],
  isOut: (task: number) => boolean,
): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off; worker_processes 1; pid nginx.pid; error_log stderr crit; ${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 4096; }
http {
  access_log off; server_names_hash_bucket_size 128;
  ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  # A reload closes idle connections of clients, which then would not know whether their next request was read.
  keepalive_timeout 0;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  ${upstream('auth', auth, isOut)}
  ${upstream('proxy', proxy, isOut)}
  ${server(`${port} default_server`, '_', { upstream: 'proxy', triesNext })}
  ${server(String(port), authHost, { upstream: 'auth', triesNext })}
}
`;
}

// As an ALB: where none is well, it leads to all.
function upstream(name: string, tasks: Group, isOut: (task: number) => boolean): string {
  const isNoneWell = tasks.every(isOut);
  const servers = tasks.map(
    (task) => `server 127.0.0.1:${task} max_fails=0 ${isOut(task) && !isNoneWell ? 'down' : ''};`,
  );
  return `upstream ${name} { ${servers.join(' ')} keepalive 32; }`;
}

function server(
  listen: string,
  name: string,
  { upstream, triesNext }: { upstream: string; triesNext: boolean },
): string {
  return `server {
    listen 127.0.0.1:${listen}; server_name ${name};
    location / {
      proxy_pass http://${upstream}; proxy_http_version 1.1;
      proxy_set_header Host $http_host; proxy_buffering off;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto http;
      proxy_next_upstream ${triesNext ? 'error' : 'off'}; proxy_connect_timeout 2s; proxy_read_timeout 25s;
      error_page 502 504 = @lost;
    }
    location @lost { add_header ${lostHeader} "$upstream_addr $upstream_connect_time" always; return 502; }
  }`;
}
