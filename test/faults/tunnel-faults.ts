import type { Fault } from './fault.ts';
import { replaced } from './task-faults.ts';
import { openTunnels, toldByReset } from './tunnels.ts';
import type { Tunnels } from './tunnels.ts';

const backWithinMs = 5_000;
// Five seconds of it are SERVER_TIMEOUT_DRAIN.
const stopsWithinMs = 15_000;

let tunnels: Tunnels | undefined;
let slowestStopMs = 0;

const replacedUnderTunnels: Fault = {
  name: 'each proxy replaced under tunnels (SIGTERM)',
  async begin(world) {
    tunnels = await openTunnels(world);
    try {
      await tunnels.open();
      slowestStopMs = await replaced(world.proxy, world);
      await tunnels.open();
    } finally {
      await tunnels.close();
    }
  },
  forMs: 0,
  end: () => undefined,
  answersSignIns: true,
  alsoWrong() {
    const { ends = {}, longestAwayMs = 0 } = tunnels ?? {};
    return [
      ...Object.keys(ends)
        .filter((how) => how !== toldByReset)
        .map((how) => `a tunnel ${how}`),
      ...(ends[toldByReset] === undefined ? ['no tunnel ended with its task'] : []),
      ...(longestAwayMs > backWithinMs ? [`a tunnel was away for ${Math.round(longestAwayMs)} ms`] : []),
      ...(slowestStopMs > stopsWithinMs ? [`a task took ${Math.round(slowestStopMs)} ms to stop`] : []),
    ];
  },
};

/** What goes wrong under connections of TCP. */
export const tunnelFaults: readonly Fault[] = [replacedUnderTunnels];
