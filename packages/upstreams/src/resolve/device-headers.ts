import { foldName } from '@latchkey/identity';
import type { Report } from '../problems.ts';
import type { Position, Route } from '../types.ts';

type Said = Pick<Route, 'injectRequestHeaders' | 'assertionHeader'>;

/** Reports what a route sets itself and the file has of servers in front: the application would take the one for the other. */
export function refuseDeviceHeaders(
  { injectRequestHeaders, assertionHeader }: Said,
  deviceHeaders: ReadonlySet<string>,
  at: Position,
  report: Report,
): void {
  for (const name of [...injectRequestHeaders.map(([injected]) => injected), assertionHeader.name]) {
    if (!deviceHeaders.has(foldName(name))) continue;
    const message = `The route sets ${name} itself, and \`device_headers\` reads it from servers in front: choose another name`;
    report('deviceHeader', at, message);
  }
}
