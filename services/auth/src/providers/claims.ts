import { HttpError } from '@latchkey/http';
import type { JsonObject } from '../json.ts';
import type { ProviderIdentity, Tokens } from './provider.ts';

// OpenID Connect Core, section 2: "It MUST NOT exceed 255 ASCII characters in length."
const subject = /^[\x20-\x7e]{1,255}$/;
// People may choose their own, and it is only shown: one that is too long is left out.
const longestName = 256;
// What is past these names no group of a route. Longer lists than any provider's own limit are for nobody's good.
const longestGroup = 320;
const mostGroups = 2_000;
// Who is to be asked again is asked within a day, whatever a provider promises.
const longestLifeSeconds = 86_400;

/**
 * Reads an identity from claims (OpenID Connect Core, section 5.1).
 *
 * @param groupsClaim the name of the claim with the groups
 * @throws HttpError `provider_failed` when they name no subject, or one that is none
 */
export function identityOf(claims: JsonObject, groupsClaim = 'groups'): ProviderIdentity {
  const { sub, email, name } = claims;
  if (typeof sub !== 'string' || !subject.test(sub)) {
    const detail = 'the claims name no subject (sub) of 1 to 255 printable ASCII characters';
    throw new HttpError('provider_failed', { detail });
  }
  const groups = groupsOf(claims, groupsClaim);
  return {
    sub,
    email: typeof email === 'string' ? email : undefined,
    // The text "true" is no promise: a provider that sends it has not checked its own types.
    emailVerified: claims['email_verified'] === true,
    ...(typeof name === 'string' && name !== '' && name.length <= longestName && { name }),
    ...(groups !== undefined && { groups }),
  };
}

/**
 * The claims of an ID token and of userinfo as one, about one subject. Some providers keep the ID token thin and tell the
 * rest at userinfo, others tell groups in the ID token alone: what either says of groups counts.
 */
export function mergedClaims(idToken: JsonObject, userinfo: JsonObject, groupsClaim = 'groups'): JsonObject {
  const groups = [idToken, userinfo].flatMap((claims) => groupsOf(claims, groupsClaim) ?? []);
  const hasGroups = [idToken, userinfo].some((claims) => groupsOf(claims, groupsClaim) !== undefined);
  return {
    ...idToken,
    ...userinfo,
    ...addressIn(idToken, userinfo),
    ...(hasGroups && { [groupsClaim]: [...new Set(groups)] }),
  };
}

// A promise about one address says nothing of another: the two claims come from the same place.
function addressIn(idToken: JsonObject, userinfo: JsonObject): JsonObject {
  const { email, email_verified: verified } = userinfo['email'] === undefined ? idToken : userinfo;
  const promised = verified ?? (email === idToken['email'] ? idToken['email_verified'] : undefined);
  return { email, email_verified: promised };
}

function groupsOf(claims: JsonObject, groupsClaim: string): string[] | undefined {
  const groups = claims[groupsClaim];
  if (!Array.isArray(groups)) return undefined;
  return groups
    .filter((group) => typeof group === 'string' && group.length <= longestGroup)
    .slice(0, mostGroups);
}

/**
 * Tells whether a token endpoint gave an access token that we know how to use (RFC 6749, section 7.1: "The client MUST NOT use
 * an access token if it does not understand the token type").
 */
export function isBearer({ access_token: token, token_type: type }: JsonObject): boolean {
  return typeof token === 'string' && token !== '' && typeof type === 'string' && /^bearer$/i.test(type);
}

/** Reads what a token endpoint gave us for later (RFC 6749, section 5.1). */
export function tokensOf(answer: JsonObject): Tokens {
  const { refresh_token: refreshToken, access_token: accessToken, expires_in: seconds } = answer;
  return {
    ...(typeof accessToken === 'string' && accessToken !== '' && { accessToken }),
    ...(typeof refreshToken === 'string' && refreshToken !== '' && { refreshToken }),
    ...(typeof seconds === 'number' &&
      seconds > 0 && { accessTokenSeconds: Math.min(Math.floor(seconds), longestLifeSeconds) }),
  };
}
