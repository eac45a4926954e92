import { expect, test } from '@jest/globals';
import { readTraceContext, traceContextHeaders } from './trace-context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${spanId}-01`;

test('a trace context is read, and written as it was', () => {
  const headers = { traceparent, tracestate: 'vendor=value' };
  const context = readTraceContext(headers);
  expect(context).toMatchObject({ traceId, spanId, traceFlags: 1, isRemote: true });
  expect(context && traceContextHeaders(context)).toEqual(headers);
});

test('of a version to come and of flags to come, what is known counts', () => {
  const context = readTraceContext({ traceparent: `cc-${traceId}-${spanId}-fe-more` });
  expect(context && traceContextHeaders(context)).toEqual({ traceparent: `00-${traceId}-${spanId}-00` });
});

test.each([
  ['none', undefined],
  ['two', `${traceparent}, ${traceparent}`],
  ['more than its version has', `${traceparent}-more`],
  ['a version that there is not', `ff-${traceId}-${spanId}-01`],
  ['no trace', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['no span', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['capitals', traceparent.toUpperCase()],
  ['a line break', `${traceparent}\n`],
])('of %s there is none', (_, value) => {
  expect(readTraceContext(value === undefined ? {} : { traceparent: value })).toBeUndefined();
});

test('a state that cannot be read is left out', () => {
  const context = readTraceContext({ traceparent, tracestate: `a=${'b'.repeat(600)}` });
  expect(context && traceContextHeaders(context)).toEqual({ traceparent });
});
