import type { Report } from '../problems.ts';
import { readable, unreadableValue } from '../shape/reader.ts';
import type { Unreadable } from '../shape/reader.ts';
import type { WrittenWait } from '../shape/wait-for.ts';
import type { Route, WaitFor } from '../types.ts';

const usualMs = 60_000;
const usualExpect = { least: 200, most: 399 };

/** What the start waits for. A pattern leads to many applications, and a launcher to none. */
export function resolveWaitFor(
  written: WrittenWait | Unreadable | undefined,
  kind: Route['kind'] | undefined,
  report: Report,
): WaitFor | undefined {
  if (written === undefined || written === unreadableValue || written.path === unreadableValue)
    return undefined;
  const { at, path, timeout, expect } = written;
  if (path === undefined || path.value === '') {
    const others = [timeout, expect].filter((one) => one !== undefined);
    if (others.length === 0 || others.includes(unreadableValue)) return undefined;
    report('waitUnusable', at, '`wait_for` has no `path` to request: write one, such as `path: /`');
    return undefined;
  }
  if (kind === 'rewrite' || kind === 'launcher') {
    report('waitWithoutEffect', at, `\`wait_for\` has no effect on a route of \`type: ${kind}\`: remove it`);
    return undefined;
  }
  return {
    path: path.value,
    timeoutMs: readable(timeout)?.value || usualMs,
    expect: readable(expect)?.value ?? usualExpect,
  };
}
