import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from './processes.ts';
import type { Listening, Side } from './processes.ts';

/** Starts an nginx of one process, with what stands in its `http` block; its access log goes where its errors go. */
export function startNginx(
  side: Side,
  { dir, name, port, http }: { dir: string; name: string; port: number; http: string },
): Promise<Listening> {
  const home = join(dir, `${name}-nginx`);
  mkdirSync(home);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${home};`,
  );
  const file = join(home, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${home}/pid; error_log stderr;
events { worker_connections 8192; }
http {
  sendfile on; tcp_nopush on; keepalive_requests 1000000000; keepalive_timeout 10m;
  ${temporary.join(' ')}
  ${http}
}
`,
  );
  const output = join(dir, name);
  return startServer(side, ['nginx', '-e', 'stderr', '-p', home, '-c', file], { port, output });
}

const kept = 'proxy_http_version 1.1; proxy_set_header Connection "";';
const keptOpen = 'keepalive 128; keepalive_requests 1000000000; keepalive_timeout 10m;';
const pass = `proxy_pass http://app; ${kept} proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr;`;

/** A server that passes everything on over kept connections. */
export function relayBlock({ port, originPort }: { port: number; originPort: number }): string {
  return `${upstreamBlock('app', originPort)}
  server { listen 127.0.0.1:${port}; location / { ${pass} } }`;
}

/** The same, asking at another port first who it is. */
export function authRequestBlock(ports: { port: number; originPort: number; askPort: number }): string {
  return `${upstreamBlock('app', ports.originPort)} ${upstreamBlock('session', ports.askPort)}
  server {
    listen 127.0.0.1:${ports.port};
    location / {
      auth_request /session; auth_request_set $user $upstream_http_x_user;
      ${pass} proxy_set_header X-Forwarded-User $user;
    }
    location = /session {
      internal; proxy_pass http://session; ${kept}
      proxy_pass_request_body off; proxy_set_header Content-Length "";
    }
  }`;
}

function upstreamBlock(name: string, port: number): string {
  return `upstream ${name} { server 127.0.0.1:${port}; ${keptOpen} }`;
}
