import { Duration } from 'aws-cdk-lib';

/**
 * How long things last, in seconds, where one has to outlast another. The services get their part
 * (`SERVER_TIMEOUT_DRAIN`, `SERVER_TIMEOUT_SHUTDOWN`), so that no default that changes puts them out of step.
 */
const nameCachedS = 10;

/** The load balancer closes an idle connection before a service does (after 75 s), which would be a 502. */
export const balancerIdle = Duration.seconds(60);

/** How long the proxy may remember at which address a task of auth is. */
export const nameCached = Duration.seconds(nameCachedS);

/** How a service ends. */
export type Ending = {
  /** Takes connections for so long after SIGTERM: who asks by name has remembered the address. */
  readonly drainS: number;
  /** Finishes what is under way for so long after that. */
  readonly shutdownS: number;
};

/** The proxy is asked through the load balancer alone, from which ECS removes a task before it stops it. */
export const proxyEnding: Ending = { drainS: 0, shutdownS: 30 };

/** One second more than auth works on a request (`SERVER_TIMEOUT_REQUEST`). */
export const authEnding: Ending = { drainS: nameCachedS, shutdownS: 46 };

/** What is under way at a connector may take so long after SIGTERM (`packages/link/src/limits.ts`). It takes nothing new. */
export const connectorEnding: Ending = { drainS: 0, shutdownS: 25 };

/** When ECS kills what has not ended. Fargate allows 120 seconds. */
export function stopTimeout({ drainS, shutdownS }: Ending): Duration {
  return Duration.seconds(drainS + shutdownS + 5);
}

/** How long the load balancer waits for requests under way before ECS sends SIGTERM: as long as the service itself would. */
export function deregistrationDelay({ shutdownS }: Ending): Duration {
  return Duration.seconds(shutdownS);
}

/** The variables that tell a service. */
export function endingVariables({ drainS, shutdownS }: Ending): Record<string, string> {
  return { SERVER_TIMEOUT_DRAIN: `${drainS}s`, SERVER_TIMEOUT_SHUTDOWN: `${shutdownS}s` };
}
