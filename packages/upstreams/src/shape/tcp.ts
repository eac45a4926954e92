import { mappingOption } from './mapping.ts';
import type { Values } from './mapping.ts';
import { duration } from './values.ts';

const fields = {
  idle_timeout: duration(
    {
      meaning: 'How long a connection may be open without a byte in either direction. `0`: without a limit.',
      default: 'none',
      example: '1h',
    },
    ['30m', '1h'],
  ),
  max_duration: duration(
    {
      meaning: 'How long a connection may be open in all. `0`: for as long as its session.',
      default: 'none',
      example: '12h',
    },
    ['8h', '12h'],
  ),
};

/** `tcp` of a route, as read. */
export type WrittenTcp = Values<typeof fields>;

/** `tcp` of a route. */
export const tcp = mappingOption(
  'tcp',
  'How long connections of a `to: tcp://…` may be open. Default: for as long as the session.',
  fields,
  {
    meaning:
      'How long connections to a `to: tcp://…` may be open: `idle_timeout` without a byte, `max_duration` in all. They end with their session in any case.',
    default: 'as long as the session',
    type: '`idle_timeout`, `max_duration`',
    example: '{ idle_timeout: 1h, max_duration: 12h }',
  },
);
