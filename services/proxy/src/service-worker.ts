import { ownPaths, replyHtml } from '@latchkey/http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

// https://www.w3.org/TR/service-workers/#update-algorithm: a browser marks the request for a worker's script, when it is
// registered and whenever it looks for a newer one. A page cannot ask for either without the mark.
const retired = `// Latchkey takes no service worker here: it could read the codes that sign people in to this host.
// The operator may allow it: allow_root_service_worker.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.registration.unregister()));
`;

/**
 * Tells whether a request is for the script of a service worker that could control addresses of ours: without
 * `Service-Worker-Allowed`, which no application may send, a worker's scope lies below the folder of its script.
 *
 * @param rawPath as the browser writes it, which is how it compares scopes
 */
export function mayControlOwnPaths(rawPath: string, headers: IncomingHttpHeaders): boolean {
  const isScript = headers['service-worker'] !== undefined || headers['sec-fetch-dest'] === 'serviceworker';
  if (!isScript) return false;
  const folder = rawPath.slice(0, rawPath.lastIndexOf('/') + 1);
  return [...ownPaths].some((path) => path.startsWith(folder));
}

/**
 * Answers with a worker that does nothing and ends its registration. A refusal would keep new ones out as well, but a
 * browser that has one already keeps it when its script cannot be had any more.
 */
export function retireServiceWorker(res: ServerResponse): void {
  const headers = {
    'Content-Type': 'text/javascript; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  };
  replyHtml(res, 200, { body: retired, headers });
}
