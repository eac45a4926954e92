import type { WrittenIssuer } from '../shape/issuer.ts';
import { readable, readableOf } from '../shape/reader.ts';
import type { Root } from '../shape/root.ts';
import type { Issuer, RootSettings } from '../types.ts';

/** What a file says for all routes. */
export function resolveRoot({ issuers }: Root): RootSettings {
  return { issuers: readableOf(issuers).map(resolveIssuer) };
}

function resolveIssuer({ issuer, audiences }: WrittenIssuer): Issuer {
  return {
    issuer: readable(issuer)?.value ?? '',
    audiences: readableOf(audiences).map(({ value }) => value),
  };
}
