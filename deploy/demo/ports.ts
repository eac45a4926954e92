import { once } from 'node:events';
import { createServer } from 'node:net';
import { UserError } from './user-error.ts';

export type DemoPorts = { proxy: number; auth: number; idp: number };

const defaultBase = 4180;

/** The three ports of the demo, one after the other from `LATCHKEY_DEMO_PORT`. Throws a UserError where it is no port. */
export function demoPorts(base: string | undefined): DemoPorts {
  const proxy = base ? Number(base) : defaultBase;
  if (!Number.isInteger(proxy) || proxy < 1 || proxy > 65_533) {
    throw new UserError(`LATCHKEY_DEMO_PORT is "${base}"; write a port from 1 to 65533.`);
  }
  return { proxy, auth: proxy + 1, idp: proxy + 2 };
}

/** Throws a UserError about the first port that cannot be had. */
export async function expectFree(ports: DemoPorts): Promise<void> {
  for (const port of Object.values(ports)) {
    const obstacle = await whatHolds(port);
    if (obstacle === undefined) continue;
    throw new UserError(
      `Port ${port} cannot be had: ${obstacle}. To move the demo: ` +
        `LATCHKEY_DEMO_PORT=5180 npm start (it takes three ports, from that one on).`,
    );
  }
}

async function whatHolds(port: number): Promise<string | undefined> {
  const server = createServer();
  // On all addresses: that fails where somebody listens on any of them.
  server.listen(port);
  try {
    await once(server, 'listening');
  } catch (error) {
    return String(error).includes('EADDRINUSE') ? 'another program is using it' : String(error);
  }
  await server[Symbol.asyncDispose]();
  return undefined;
}
