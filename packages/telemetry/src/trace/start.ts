import type { Logger } from 'pino';
import type { Tracer, TracingOptions } from './span.ts';

/**
 * Starts tracing where there is somewhere to send spans to. Elsewhere nothing of OpenTelemetry is even loaded.
 *
 * @param options.onLost hears how many spans nobody will see
 */
export async function startTracing(
  tracing: TracingOptions | undefined,
  options: { log: Pick<Logger, 'warn'>; onLost: (spans: number) => void },
): Promise<Tracer | undefined> {
  if (tracing === undefined) return undefined;
  const { openTelemetry } = await import('./open-telemetry.ts');
  return openTelemetry(tracing, options);
}
