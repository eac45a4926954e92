import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMetrics, exposition } from '@latchkey/telemetry';
import { Browser } from '@latchkey/testing/browser';
import type { Visit } from '@latchkey/testing/browser';
import type { CollectedSpan, Collector } from '../fixtures/collector.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { pressAccount } from '../fixtures/sign-in.ts';
import type { Stack } from '../fixtures/stack.ts';
import { startTracedStack } from '../fixtures/traced-stack.ts';

const theirs = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${theirs}-00f067aa0ba902b7-01`;
const amazon = 'Root=1-67891233-abcdef012345678912345678';

/** Every span below one, each behind those that it is below of; of what is alike, one. */
function below(spans: readonly CollectedSpan[], parentId: string, path = ''): string[] {
  const paths = spans
    .filter((span) => span.parentId === parentId)
    .flatMap(({ service, name, spanId }) => {
      const here = `${path}/${service.replace('latchkey-', '')}: ${name}`;
      return [here, ...below(spans, spanId, here)];
    });
  return [...new Set(paths)].toSorted();
}

const lineOf = (stack: Stack, path: string) =>
  stack.log.find((line) => line.msg === 'request' && line['path'] === path && line.service === 'proxy');

describe('a trusted peer that traces', () => {
  let stack: Stack;
  let collector: Collector;
  let secrets: string[];

  beforeAll(async () => {
    ({ stack, collector } = await startTracedStack({
      SERVER_TRUSTED_PROXIES: '127.0.0.0/8',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=of%20ours',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    }));
    const headers = { traceparent, tracestate: 'vendor=value', 'x-amzn-trace-id': amazon };
    const browser = new Browser();
    const urls: string[] = [];
    async function follow(url: string | undefined): Promise<Visit> {
      if (url === undefined) throw new Error('nowhere to go');
      urls.push(url);
      const page = await browser.visit(url, { headers, follow: false });
      return page.location === undefined ? page : follow(page.location);
    }
    const atProvider = await follow(stack.url('hello', '/page?token=in-the-query'));
    const pressed = await pressAccount(browser, atProvider, 'engineer@example.com', { follow: false });
    stack.app.received.length = 0;
    expect((await follow(pressed.location)).status).toBe(200);
    expect((await follow(stack.url('vault', '/refused'))).status).toBe(403);
    const inUrls = urls.flatMap((url) => [...new URL(url).searchParams.values()]);
    const cookies = await browser.jar.getCookies(stack.authUrl('/'));
    secrets = [...inUrls, ...cookies.map(({ value }) => value)].filter((value) => value.length > 20);
    await browser.close();
    await stack.close();
  });
  afterAll(() => collector.close());

  const inTheirs = () => collector.spans.filter(({ traceId }) => traceId === theirs);
  const mine = (name: string) =>
    inTheirs().find((span) => span.name === name && span.service === 'latchkey-proxy');

  test('finds a whole sign-in and what came of it in one trace, through both services and to the provider', () => {
    expect(below(inTheirs(), '00f067aa0ba902b7')).toEqual([
      '/auth: GET callback',
      '/auth: GET callback/auth: GET',
      '/auth: GET callback/auth: POST',
      '/auth: GET sign_in',
      '/proxy: GET hello',
      '/proxy: GET hello/proxy: GET',
      '/proxy: GET hello/proxy: admission',
      '/proxy: GET hello/proxy: admission/proxy: POST /oauth2/introspect',
      '/proxy: GET hello/proxy: admission/proxy: POST /oauth2/introspect/auth: POST introspect',
      '/proxy: GET vault',
      '/proxy: GET vault/proxy: admission',
    ]);
  });

  test('sees who was called and how it ended, by the conventions of OpenTelemetry', () => {
    expect(mine('GET hello')).toMatchObject({
      kind: 2,
      status: 0,
      attributes: { 'http.request.method': 'GET', 'http.response.status_code': 302, 'url.scheme': 'http' },
    });
    expect(mine('GET')).toMatchObject({
      kind: 3,
      attributes: { 'server.address': '127.0.0.1', 'server.port': stack.app.port, 'latchkey.route': 'hello' },
    });
    expect(mine('GET vault')?.attributes).toMatchObject({
      'http.response.status_code': 403,
      'error.type': 'access_denied',
      'latchkey.reason': 'no_rule_matches',
    });
  });

  test('is not what the application is called by: that is our span', () => {
    const upstream = inTheirs().find(
      ({ kind, attributes }) => kind === 3 && attributes['latchkey.route'] === 'hello',
    );
    const [received = { rawHeaders: [] }] = stack.app.received;
    expect(valuesOf(received, 'traceparent')).toEqual([`00-${theirs}-${upstream?.spanId}-01`]);
    expect(valuesOf(received, 'tracestate')).toEqual(['vendor=value']);
  });

  test('finds the log lines by its trace, and by the id of the load balancer', () => {
    expect(lineOf(stack, '/page')).toMatchObject({ trace_id: theirs, amzn_trace_id: amazon });
    expect(stack.log).toContainEqual(
      expect.objectContaining({ service: 'auth', path: '/google/callback', trace_id: theirs }),
    );
  });

  test('gets nothing that is secret, personal, or a path', () => {
    const bytes = collector.bytes().toString('latin1');
    expect(bytes).toContain('/v1/traces ');
    expect(bytes).toContain('api-key of ours');
    expect(bytes).toContain('deployment.environment.name');
    expect(secrets.length).toBeGreaterThan(5);
    const all = [...secrets, stack.serviceSecret, 'a secret of the provider', 'in-the-query'];
    for (const secret of [...all, 'engineer', 'example.com', '/page', '/refused']) {
      expect(bytes).not.toContain(secret);
    }
  });
});

describe('a stranger', () => {
  test('begins a trace of ours, whatever they name, which measurements lead to', async () => {
    const registries = { proxy: createMetrics(), auth: createMetrics() };
    const { stack, collector } = await startTracedStack({}, { registries });
    const read = (accept?: string) => exposition(registries.proxy, accept);
    const wantsOpen = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';
    expect((await read(wantsOpen)).contentType).toContain('text/plain');
    const logged = stack.nextLine(({ path }) => path === '/public/x');
    const browser = new Browser();
    await browser.fetch(stack.url('hello', '/public/x'), {
      headers: { traceparent, tracestate: 'vendor=value', 'x-amzn-trace-id': amazon },
    });
    await browser.close();
    const [received = { rawHeaders: [] }] = stack.app.received;
    const line = await logged;
    const trace = String(line['trace_id']);
    expect(trace).not.toBe(theirs);
    expect(line).not.toHaveProperty('amzn_trace_id');
    expect(valuesOf(received, 'traceparent')).toEqual([
      expect.stringMatching(new RegExp(`^00-${trace}-[\\da-f]{16}-01$`)),
    ]);
    expect(valuesOf(received, 'tracestate')).toEqual([]);

    const { contentType, text: open } = await read(wantsOpen);
    expect(contentType).toContain('application/openmetrics-text');
    expect(open).toContain(`# {trace_id="${trace}"}`);
    expect(open).toMatch(/^# TYPE latchkey_session_grace counter\nlatchkey_session_grace_total 0$/m);
    expect(open.endsWith('\n# EOF\n')).toBe(true);
    for (const accept of [undefined, 'text/plain', '*/*', 'text/plain, application/openmetrics-text;q=0.5']) {
      const { text } = await read(accept);
      expect(text).not.toContain('trace_id');
      expect(text).toMatch(/^# TYPE latchkey_session_grace_total counter$/m);
    }
    await stack.close();
    expect(collector.spans.map(({ traceId }) => traceId)).toContain(trace);
    expect(collector.spans.map(({ traceId }) => traceId)).not.toContain(theirs);
    expect(collector.spans.every(({ links }) => links === 0)).toBe(true);
    await collector.close();
  });
});
