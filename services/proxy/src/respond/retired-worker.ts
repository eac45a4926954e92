import { replyHtml } from '@latchkey/http';
import type { Exchange } from '../exchange.ts';

const retired = `// Latchkey takes no service worker here: it could read the codes that sign people in to this host.
// The operator may allow it: allow_root_service_worker.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.registration.unregister()));
`;

/**
 * Answers with a worker that does nothing and ends its registration. A refusal would keep new ones out as well, but a
 * browser that has one already keeps it when its script cannot be had any more.
 */
export function retireServiceWorker(exchange: Exchange): void {
  exchange.detail = 'a service worker over addresses of ours was ended, see allow_root_service_worker';
  const headers = {
    'Content-Type': 'text/javascript; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  };
  replyHtml(exchange.res, 200, { body: retired, headers });
}
