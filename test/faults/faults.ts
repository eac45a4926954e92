import { connectionFaults } from './connection-faults.ts';
import { connectorFaults } from './connector-faults.ts';
import type { Fault } from './fault.ts';
import { redisFaults } from './redis-faults.ts';
import { taskFaults } from './task-faults.ts';
import { tunnelFaults } from './tunnel-faults.ts';

/** Everything that goes wrong, in turn. */
export const faults: readonly Fault[] = [
  ...taskFaults,
  ...tunnelFaults,
  ...connectorFaults,
  ...redisFaults,
  ...connectionFaults,
];
