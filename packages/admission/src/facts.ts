import type { AskedRequest, Facts, Policy } from '@latchkey/access';
import { isPreflight, tellsAnotherMethod } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import type { Incoming } from './incoming.ts';

type Said = Pick<Incoming, 'headers' | 'rawHeaders' | 'isQuestion' | 'deviceTrust'>;
type Time = { readonly now?: () => number };

/** What rules may read of a request. Stage 4 looks at the same: what is public, nobody looks who sends it. */
export function factsOf(
  request: CanonicalRequest,
  said: Said,
  policy: Pick<Policy, 'readsAsked'>,
  time: Time,
): Facts {
  const { path, method } = request;
  const { headers } = said;
  // RFC 4918, sections 10.3 and 10.4: where something is copied or moved to, and what has to hold for others. What is said about
  // a path says nothing about a second one.
  const isAboutOne = headers['destination'] === undefined && headers['if'] === undefined;
  return {
    path: isAboutOne ? path : undefined,
    preflight: isPreflight(method, headers),
    asked: policy.readsAsked ? askedOf(request, said, time) : undefined,
  };
}

/** The same at an address of our own: it is about no path of the application, and about none of its methods. */
export function ownFacts(
  request: CanonicalRequest,
  said: Pick<Said, 'headers' | 'rawHeaders' | 'deviceTrust'>,
  policy: Pick<Policy, 'readsAsked'>,
  time: Time,
): Facts {
  if (!policy.readsAsked) return { path: undefined, preflight: false, asked: undefined };
  const asked = askedOf(request, { ...said, isQuestion: false }, time);
  return {
    path: undefined,
    preflight: false,
    asked: { ...asked, method: undefined, forwardAuth: undefined },
  };
}

/** The same of a visit to the first page of another host, by the sender of a request. */
export function visitFacts(facts: Facts, host: string): Facts {
  const asked = facts.asked && { ...facts.asked, host, method: 'GET' };
  return { path: '/', preflight: false, asked };
}

function askedOf(
  { method, host, client }: CanonicalRequest,
  said: Said,
  { now = Date.now }: Time,
): AskedRequest {
  const { headers, rawHeaders, isQuestion, deviceTrust } = said;
  return {
    method: tellsAnotherMethod(headers) ? undefined : method,
    host,
    address: client,
    rawHeaders,
    forwardAuth: isQuestion,
    deviceTrust,
    now,
  };
}
