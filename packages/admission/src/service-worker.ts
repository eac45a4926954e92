import { ownPaths } from '@latchkey/contract';
import type { Incoming } from './incoming.ts';

/**
 * Tells whether a request is for the script of a service worker that could control addresses of ours: without
 * `Service-Worker-Allowed`, which no application may send, a worker's scope lies below the folder of its script.
 *
 * A browser marks the request for a worker's script, when it is registered and whenever it looks for a newer one. A page
 * cannot ask for either without the mark. https://www.w3.org/TR/service-workers/#update-algorithm
 *
 * @param rawPath as the browser writes it, which is how it compares scopes
 */
export function mayControlOwnPaths(rawPath: string, headers: Incoming['headers']): boolean {
  const isScript = headers['service-worker'] !== undefined || headers['sec-fetch-dest'] === 'serviceworker';
  if (!isScript) return false;
  const folder = rawPath.slice(0, rawPath.lastIndexOf('/') + 1);
  return [...ownPaths].some((path) => path.startsWith(folder));
}
