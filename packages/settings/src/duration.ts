import { parseDuration } from '@latchkey/duration';
import type { ValueType } from './variable.ts';
import { valueType } from './value-types.ts';

const bareNumber = /^\+?\d+$/;

/** A duration of at least a millisecond, so that no wait ends before it begins. Gives milliseconds. */
export const duration = durationWhere(
  'duration',
  'a duration like 30s, 5m or 1h30m',
  (milliseconds) => milliseconds >= 1,
);

/** A duration that may also be `0s`. Gives milliseconds. */
export const durationOrZero = durationWhere(
  'duration, may be 0s',
  'a duration like 30s, 5m or 1h30m, or 0s',
  () => true,
);

/** The bounds are outside: `1m` and `8760h` themselves are refused, as BuzzFeed SSO does. Gives milliseconds. */
export const sessionLifetime = durationWhere(
  'duration above 1m and below 8760h',
  'a duration above 1m and below 8760h, like 720h',
  (milliseconds) => milliseconds > 60_000 && milliseconds < 8760 * 3_600_000,
);

function durationWhere(
  name: string,
  write: string,
  fits: (milliseconds: number) => boolean,
): ValueType<number> {
  const parse = (text: string): number | undefined => {
    // In BuzzFeed SSO a number without a unit was nanoseconds, and everybody means seconds by it; so for zero too.
    const milliseconds = bareNumber.test(text) ? undefined : parseDuration(text);
    return milliseconds !== undefined && fits(milliseconds) ? milliseconds : undefined;
  };
  const advise = (text: string): string => {
    const inSeconds = bareNumber.test(text) ? parse(`${text}s`) : undefined;
    return inSeconds === undefined ? write : `"${text}s"`;
  };
  return valueType(name, write, parse, { advise });
}
