import type { RouteTable } from '../types.ts';
import type { Change } from './change.ts';
import { readersText } from './readers.ts';

/** What changes in headers about a device that are in both. One that came or went shows in the rules that read it. */
export function compareDeviceHeaders(before: RouteTable, after: RouteTable): Change[] {
  return [...after.root.deviceHeaders].flatMap(([fact, header]): Change[] => {
    const was = before.root.deviceHeaders.get(fact);
    if (was === undefined || was === header) return [];
    const readers = readersText(({ facts }) => facts.some(({ name }) => name === `device.${fact}`), after);
    const text = `now what ${header} says, before ${was}; ${readers ?? 'no rule reads it'}`;
    return [{ kind: 'other', host: `device_headers.${fact}`, text, widens: readers !== undefined }];
  });
}
