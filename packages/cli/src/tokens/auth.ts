import { commandLineClient } from '@latchkey/contract';
import { CallError } from '@latchkey/http';
import * as oidc from 'openid-client';
import type { Io } from '../io.ts';
import { printable } from '../output/terminal.ts';
import { ask } from './ask.ts';
import { Failure } from '../exit.ts';

/**
 * Auth as it describes itself (RFC 8414): its name there has to be the one that it was found by. Whatever it says, nothing but
 * that one origin is ever asked.
 *
 * @throws Failure
 */
export async function connectToAuth(issuer: URL, io: Io): Promise<oidc.Configuration> {
  return saying(issuer, () =>
    oidc.discovery(issuer, commandLineClient, { token_endpoint_auth_method: 'none' }, oidc.None(), {
      algorithm: 'oauth2',
      [oidc.customFetch]: fetchFrom(issuer, io),
      // Of this machine alone, `isSafeToAsk` has seen to that.
      execute: issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
    }),
  );
}

/** An address of auth that a browser is to open; undefined where it is not one of auth. */
export function ownAddress(address: string | undefined, config: oidc.Configuration): URL | undefined {
  const url = URL.parse(address ?? '');
  return url?.origin === new URL(config.serverMetadata().issuer).origin ? url : undefined;
}

/** What auth answered in place of a token (RFC 6749, section 5.2); undefined for any other error. */
export function oauthErrorOf(error: unknown): string | undefined {
  if (error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError) {
    return error.error;
  }
  return undefined;
}

/** Asks auth; what goes wrong becomes a sentence, unless auth has refused. @throws Failure */
export async function saying<Found>(issuer: URL, asking: () => Promise<Found>): Promise<Found> {
  try {
    return await asking();
  } catch (error) {
    const failure = failureIn(error);
    if (failure !== undefined) throw failure;
    const refusal = oauthErrorOf(error);
    const what =
      refusal === undefined ? 'sent an answer that cannot be used' : `refused (${printable(refusal)})`;
    throw new Failure(`${issuer.origin} ${what}`, { cause: error });
  }
}

/** Whether auth may have done what it was asked to, and only its answer is missing. */
export function isUnanswered(error: unknown): boolean {
  return failureIn(error)?.cause instanceof CallError;
}

// Where it comes from a call of ours, openid-client wraps it.
function failureIn(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  return error instanceof Error ? failureIn(error.cause) : undefined;
}

function fetchFrom(issuer: URL, io: Io): oidc.CustomFetch {
  return async function fetchBounded(address, { method, headers, body }) {
    const url = new URL(address);
    if (url.origin !== issuer.origin) {
      throw new Failure(
        `${issuer.origin} refers to ${url.origin}, which is another server and is not called`,
      );
    }
    const answer = await ask(io, {
      url,
      method: method === 'POST' ? 'POST' : 'GET',
      headers,
      ...(body instanceof URLSearchParams && { body: body.toString() }),
    });
    const isEmpty = answer.status === 204 || answer.status === 304;
    return new Response(isEmpty ? null : answer.body, {
      status: answer.status,
      headers: { 'content-type': answer.contentType },
    });
  };
}
