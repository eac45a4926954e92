import { createUnauthenticatedWork } from '@latchkey/http';
import type { RateLimit } from '@latchkey/http';
import type { Request, Response } from 'express';
import { ownRequestOf } from './own-request.ts';

type Endpoint = (req: Request, res: Response) => Promise<void>;

/**
 * Bounds the endpoints that anybody may make us work with: they seal and open, and ask auth in our own name, whose questions
 * have no limit there. Each address may ask so often, and all together so much at a time. `read` comes before that: who sends
 * slowly keeps no place from others.
 */
export function createLimited(limit: RateLimit): (endpoint: Endpoint, read?: Endpoint) => Endpoint {
  const work = createUnauthenticatedWork();

  return function limited(endpoint, read) {
    return async function bounded(req, res) {
      const { client } = ownRequestOf(res).request;
      await limit(req, client);
      await read?.(req, res);
      await work(res, client, () => endpoint(req, res));
    };
  };
}
