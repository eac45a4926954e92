import { call, CallError } from '@latchkey/http';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';

const mostWaiting = 2_048;
const mostAtOnce = 512;
const everyMs = 1_000;
const answerWithinMs = 5_000;
const lastMs = 2_000;
const sayEveryMs = 60_000;

/** What became of spans that were sent: the collector has them, will never have them, or may have them later. */
type Outcome = 'taken' | 'refused' | 'later';

/**
 * Sends spans to a collector (OTLP over HTTP, as protobuf), aside and some at a time. No span waits for it, and no more wait
 * than have room: a collector that is away, slow or wrong loses spans and nothing else.
 */
export function createSender(options: {
  url: URL;
  headers: Readonly<Record<string, string>>;
  log: Pick<Logger, 'warn'>;
  onLost: (spans: number) => void;
}): SpanProcessor {
  const { url, log, onLost } = options;
  const headers = { ...options.headers, 'content-type': 'application/x-protobuf' };
  const ending = new AbortController();
  const waiting: ReadableSpan[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<Outcome> | undefined;
  let lost = 0;
  let saidAt = -Infinity;

  function lose(spans: number, why: string): void {
    lost += spans;
    onLost(spans);
    sayTrouble(why);
  }

  function sayTrouble(detail: string): void {
    if (performance.now() - saidAt < sayEveryMs && !ending.signal.aborted) return;
    saidAt = performance.now();
    log.warn({ detail, lost }, 'OTEL_EXPORTER_OTLP_ENDPOINT: traces cannot be delivered');
    lost = 0;
  }

  function sendIn(ms: number): void {
    if (sending !== undefined || (timer !== undefined && ms > 0)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void send(), ms).unref();
  }

  function send(): Promise<Outcome> {
    clearTimeout(timer);
    timer = undefined;
    sending ??= sendSome().then(function goOn(outcome) {
      sending = undefined;
      if (waiting.length > 0) sendIn(outcome === 'taken' && waiting.length >= mostAtOnce ? 0 : everyMs);
      return outcome;
    });
    return sending;
  }

  async function sendSome(): Promise<Outcome> {
    const some = waiting.slice(0, mostAtOnce);
    const { outcome, why } = await post(some);
    if (outcome !== 'later') waiting.splice(0, some.length);
    if (outcome === 'refused') lose(some.length, why);
    if (outcome === 'later') sayTrouble(why);
    return outcome;
  }

  async function post(spans: ReadableSpan[]): Promise<{ outcome: Outcome; why: string }> {
    try {
      const body = ProtobufTraceSerializer.serializeRequest(spans) ?? new Uint8Array();
      const { signal } = ending;
      const { status } = await call({
        url,
        method: 'POST',
        headers,
        body,
        timeoutMs: answerWithinMs,
        signal,
      });
      return { outcome: outcomeOf(status), why: `the collector answered ${status}` };
    } catch (error) {
      if (error instanceof CallError) return { outcome: 'later', why: error.message };
      return { outcome: 'refused', why: 'spans that cannot be written down' };
    }
  }

  return {
    onStart: () => undefined,
    onEnd(span) {
      if (ending.signal.aborted) return undefined;
      if (waiting.length >= mostWaiting) return lose(1, 'more spans than the collector takes');
      waiting.push(span);
      return sendIn(waiting.length === mostAtOnce ? 0 : everyMs);
    },
    async forceFlush() {
      await send();
    },
    async shutdown() {
      const late = setTimeout(() => ending.abort(), lastMs);
      await sending;
      while (waiting.length > 0 && (await send()) !== 'later');
      clearTimeout(late);
      clearTimeout(timer);
      ending.abort();
      if (waiting.length > 0) lose(waiting.splice(0).length, 'the service ends');
    },
  };
}

// https://opentelemetry.io/docs/specs/otlp/#failures-1: what else is wrong with them will be so the next time.
function outcomeOf(status: number): Outcome {
  if (status < 300) return 'taken';
  return status === 429 || status >= 500 ? 'later' : 'refused';
}
