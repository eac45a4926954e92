import { describe, expect, test } from '@jest/globals';
import { createMetrics } from '@latchkey/telemetry';
import { hasRedis, startRedis } from '@latchkey/testing/redis';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCollector } from '../fixtures/collector.ts';
import { startLoneProxy } from '../fixtures/lone-proxy.ts';
import { sendRaw } from '../fixtures/raw-request.ts';
import { startRecorder, valuesOf } from '../fixtures/recorder.ts';
import { signedIn } from '../fixtures/sign-in.ts';
import type { Stack } from '../fixtures/stack.ts';
import { startTracedStack } from '../fixtures/traced-stack.ts';

const theirs = '4bf92f3577b34da6a3ce929d0e0e4736';

/** How the application is called when somebody comes with a trace of theirs. */
async function ask(stack: Stack): Promise<string[]> {
  stack.app.received.length = 0;
  await sendRaw(
    stack.ports.proxy,
    `GET /public/x HTTP/1.1\nHost: hello.latchkey.localhost\ntraceparent: 00-${theirs}-00f067aa0ba902b7-01\nConnection: close\n\n`,
  );
  expect(stack.app.received).toHaveLength(1);
  return stack.app.received.flatMap((received) => valuesOf(received, 'traceparent'));
}

test('behind a load balancer that passes everything on, nobody makes us record what we would not', async () => {
  const { stack, collector } = await startTracedStack({
    SERVER_TRUSTED_PROXIES: '127.0.0.0/8',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0',
  });
  expect(await ask(stack)).toEqual([expect.stringMatching(new RegExp(`^00-${theirs}-[\\da-f]{16}-00$`))]);
  await stack.close();
  expect(collector.spans).toEqual([]);
  await collector.close();
});

describe('a collector', () => {
  test.each([
    ['is broken', 503],
    ['refuses everything', 400],
  ])('that %s costs no request anything; what is lost is counted, and said once', async (_, status) => {
    const registries = { proxy: createMetrics(), auth: createMetrics() };
    const { stack, collector } = await startTracedStack({}, { registries });
    collector.answer = (req, res) => void req.resume().on('end', () => res.writeHead(status).end());
    await ask(stack);
    await ask(stack);
    await stack.close();
    const lost = await registries.proxy.getSingleMetricAsString('latchkey_spans_lost_total');
    expect(lost).toMatch(/^latchkey_spans_lost_total [1-9]/m);
    expect(stack.log).toContainEqual(
      expect.objectContaining({
        service: 'proxy',
        level: 'warn',
        detail: `the collector answered ${status}`,
      }),
    );
    await collector.close();
  });

  test('that takes everything and answers nothing keeps neither a request nor the end waiting', async () => {
    const { stack, collector } = await startTracedStack();
    collector.answer = () => undefined;
    const asked = collector.asked();
    await ask(stack);
    await asked;
    await ask(stack);
    const since = performance.now();
    await stack.close();
    expect(performance.now() - since).toBeLessThan(15_000);
    await collector.close();
  });
});

(hasRedis ? test : test.skip)(
  'what auth asks of its store is in the trace, and what it is about is not',
  async () => {
    const redis = await startRedis();
    const { stack, collector } = await startTracedStack({ REDIS_URL: redis.url });
    await (await signedIn(stack)).close();
    await stack.close();
    const asked = collector.spans.filter(({ attributes }) => attributes['db.system.name'] === 'redis');
    const parents = new Set(asked.map(({ parentId }) => parentId));
    const above = collector.spans.filter(({ spanId }) => parents.has(spanId)).map(({ name }) => name);
    expect(above).toEqual(expect.arrayContaining(['GET callback', 'POST introspect']));
    expect(asked.every(({ name, attributes }) => name === attributes['db.operation.name'])).toBe(true);
    expect(collector.bytes().toString('latin1')).not.toContain('latchkey:1:');
    await Promise.all([collector.close(), redis.close()]);
  },
);

/** The modules of OpenTelemetry that a process had loaded when it ended, after it had served a request. */
async function loadedWith(env: Record<string, string>): Promise<string[]> {
  // At its end Node says by it of all that it has loaded what ran.
  const coverage = await mkdtemp(join(tmpdir(), 'loaded-'));
  const app = await startRecorder();
  const proxy = await startLoneProxy({ upstreamPort: app.port, env: { NODE_V8_COVERAGE: coverage, ...env } });
  await sendRaw(proxy.port, 'GET / HTTP/1.1\nHost: open.latchkey.localhost\nConnection: close\n\n');
  expect(app.received).toHaveLength(1);
  proxy.process.signal('SIGTERM');
  expect(await proxy.process.ended).toBe(0);
  const files = await readdir(coverage);
  const texts = await Promise.all(files.map((file) => readFile(join(coverage, file), 'utf8')));
  await Promise.all([app.close(), rm(coverage, { recursive: true })]);
  expect(texts.join()).toContain('/packages/telemetry/src/trace/start.ts');
  return [...new Set(texts.join().match(/@opentelemetry\/[\w-]+/g))].toSorted();
}

test('without a collector a process loads nothing of OpenTelemetry, but for its API with Prometheus', async () => {
  expect(await loadedWith({})).toEqual(['@opentelemetry/api']);
});

test('with a collector a process tells it what it did before it ends', async () => {
  const collector = await startCollector();
  const loaded = await loadedWith({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  expect(loaded).toContain('@opentelemetry/sdk-trace');
  expect(collector.spans.map(({ name }) => name)).toContain('GET open');
  await collector.close();
});
