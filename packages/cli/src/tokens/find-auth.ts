import { z } from 'zod';
import type { Io } from '../io.ts';
import { ask } from './ask.ts';
import { Failure } from '../exit.ts';
import { isSafeToAsk } from './resource.ts';
import { parsedJson } from '../parsed-json.ts';

const metadata = z.object({
  resource: z.string(),
  authorization_servers: z.tuple([z.string()], z.string()),
});

/**
 * Who gives out tokens for an application, as that says itself (RFC 9728).
 *
 * @throws Failure
 */
export async function findAuth(resource: string, io: Io): Promise<URL> {
  const url = new URL('/.well-known/oauth-protected-resource', resource);
  const { status, body } = await ask(io, { url, method: 'GET', headers: { accept: 'application/json' } });
  const { data } = metadata.safeParse(status === 200 ? parsedJson(body) : undefined);
  if (data === undefined) {
    throw new Failure(
      `${resource} does not say which server issues its tokens (status ${status}): is it behind Latchkey, with \`bearer: true\`?`,
    );
  }
  // Section 3.3: the one that was asked, or somebody else's tokens would be fetched for it.
  if (withoutSlash(data.resource) !== resource) {
    throw new Failure(`${resource} says that it is another application, so nothing was sent there`);
  }
  const [first] = data.authorization_servers;
  const issuer = URL.parse(first);
  if (issuer === null || !isSafeToAsk(issuer)) {
    throw new Failure(`${resource} names an address of auth that is not safe to use: it has to be https://`);
  }
  return issuer;
}

function withoutSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text;
}
