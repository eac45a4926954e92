import { hostAndPort } from './connector-targets.ts';
import { listOf, valueType } from './value-types.ts';

export const siblingList = listOf(
  'list of hosts with ports',
  valueType('host with port', 'a host and its port like proxy.latchkey.internal:4182', hostAndPort, {
    example: 'proxy.latchkey.internal:4182',
  }),
);
