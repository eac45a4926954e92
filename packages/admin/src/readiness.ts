/** One part of a service that has something to say about whether people may be sent there. */
export type Component = {
  readonly name: string;
  readonly isReady: boolean;
  /** a sentence each: why it is not, or what is done without */
  readonly why: readonly string[];
  /** what comes after that for those alone who may see the routes */
  readonly details?: readonly string[] | undefined;
};

/** How a service is at the moment. What answers a load balancer, and what answers an operator, render this value. */
export type Readiness = () => readonly Component[];

/** Before there is anything to ask. */
export const starting: readonly Component[] = [
  { name: 'server', isReady: false, why: ['the service is starting'] },
];

/** @param isRunning false once a stop was asked for */
export function serverComponent(isRunning: boolean): Component {
  return { name: 'server', isReady: isRunning, why: isRunning ? [] : ['the service is stopping'] };
}

/** Whether people may be sent to a service: one part that is not ready is enough. */
export function isReady(components: readonly Component[]): boolean {
  return components.every((one) => one.isReady);
}

/** All that the parts say, a line each. */
export function linesOf(components: readonly Component[]): string {
  return components.flatMap(({ why }) => why.map((sentence) => `${sentence}\n`)).join('');
}

/** The same for programs, by the names of the parts. */
export function readinessJson(components: readonly Component[], isForOperator: boolean): object {
  const parts = components.map(({ name, isReady: ready, why: said, details = [] }) => {
    const why = isForOperator ? [...said, ...details] : said;
    return [name, { ready, ...(why.length > 0 && { why }) }] as const;
  });
  return { ready: isReady(components), components: Object.fromEntries(parts) };
}
