import { join } from 'node:path';
import { isInstalled, runLoad } from './processes.ts';
import { readLoad } from './summary.ts';
import type { Load } from './summary.ts';

/** What is asked, again and again. */
export type Target = {
  readonly port: number;
  readonly path: string;
  /** sent with each request */
  readonly headers: Readonly<Record<string, string>>;
  /** a file of `Cookie` values, one a line, of which each request sends another; absent: none */
  readonly cookieFile?: string;
};

/** How it is asked. */
export type Pressure = { readonly seconds: number; readonly connections: number };

/** The load generator that is used. */
export const generator = isInstalled('wrk') ? 'wrk' : 'autocannon';

const here = (file: string) => join(import.meta.dirname, file);

/** Asks over so many connections for so many seconds. */
export async function load(target: Target, pressure: Pressure): Promise<Load> {
  if (generator === 'autocannon') {
    const asked = JSON.stringify({ ...target, ...pressure });
    return readLoad(await runLoad([process.execPath, here('autocannon.ts'), asked]));
  }
  const { port, path, headers, cookieFile } = target;
  const { seconds, connections } = pressure;
  const command = ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s'];
  for (const [name, value] of Object.entries(headers)) command.push('-H', `${name}: ${value}`);
  command.push('-s', here('wrk.lua'), `http://127.0.0.1:${port}${path}`);
  return readLoad(await runLoad(command, cookieFile === undefined ? {} : { BENCH_COOKIES: cookieFile }));
}

/** Exchanges messages over so many WebSockets for so many seconds; the processes are those of the server. */
export async function loadWebSockets(
  target: Target,
  pressure: Pressure,
  pids: readonly number[],
): Promise<Load & { readonly cpuUs: number }> {
  const asked = JSON.stringify({ ...target, ...pressure, pids });
  const printed = await runLoad([process.execPath, here('websocket-load.ts'), asked]);
  return readLoad(printed) as Load & { readonly cpuUs: number };
}
