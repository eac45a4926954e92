import { createUnauthenticatedWork } from '@latchkey/http';
import type { RateLimit } from '@latchkey/http';
import type { Request, Response } from 'express';
import { ownRequestOf } from './own-request.ts';

type Endpoint = (req: Request, res: Response) => Promise<void>;

// A form comes within milliseconds, so these are for those who send slowly, and no address has more than a tenth of them.
const readsAtOnce = 1_000;
const readsOfEach = 100;

/**
 * Bounds the endpoints that anybody may make us work with: they seal and open, and ask auth in our own name, whose questions
 * have no limit there. Each address may ask so often, and all together so much at a time. `read` comes before that,
 * in places of its own: who sends slowly keeps nobody from signing in.
 */
export function createLimited(limit: RateLimit): (endpoint: Endpoint, read?: Endpoint) => Endpoint {
  const work = createUnauthenticatedWork();
  const reading = createUnauthenticatedWork({ atOnce: readsAtOnce, ofEach: readsOfEach });

  return function limited(endpoint, read) {
    return async function bounded(req, res) {
      const { client } = ownRequestOf(res).request;
      await limit(req, client);
      if (read !== undefined) await reading(res, client, () => read(req, res));
      await work(res, client, () => endpoint(req, res));
    };
  };
}
