import { foldName } from '@latchkey/identity';
import type { RouteTable } from '../types.ts';
import type { Change } from './change.ts';
import { readersText } from './readers.ts';

/**
 * What changes in headers about a device. One that came shows in the rules that read it. One that is listed no longer is not taken
 * from callers any more, and applications may believe it still.
 */
export function compareDeviceHeaders(before: RouteTable, after: RouteTable): Change[] {
  const now = after.root.deviceHeaders;
  const listed = new Set([...now.values()].map(foldName));
  return [...before.root.deviceHeaders].flatMap(([fact, was]): Change[] => {
    const header = now.get(fact);
    if (header === was) return [];
    const isOpen = !listed.has(foldName(was));
    const readers = readersText(({ facts }) => facts.some(({ name }) => name === `device.${fact}`), after);
    const texts = [
      ...(header === undefined
        ? [`no longer what ${was} says`]
        : [`now what ${header} says, before ${was}; ${readers ?? 'no rule reads it'}`]),
      ...(isOpen ? [`callers may write ${was} again, and applications get it`] : []),
    ];
    const widens = isOpen || readers !== undefined;
    return [{ kind: 'other', host: `device_headers.${fact}`, text: texts.join('; '), widens }];
  });
}
