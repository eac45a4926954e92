/** Tells such a token before anything is known of it, so that no other kind is taken for one. */
export const awsTokenPrefix = 'lk-aws-v1.';

/** The header, within the signature, that says whom the request is for. AWS signs it and gives it no meaning. */
export const awsAudienceHeader = 'x-latchkey-audience';

/** STS takes a presigned request for so long after its time, whatever it says itself. */
export const awsTokenLongestMs = 15 * 60_000;

/**
 * A token by which anyone who works in a role of AWS shows that: a request to STS, signed and not sent, and behind `#` whom it is for.
 *
 * @param presigned the URL of `sts:GetCallerIdentity`, in whose signature is `X-Latchkey-Audience`
 * @param audience the origin of an application, as that header says it
 */
export function makeAwsToken(presigned: string, audience: string): string {
  return awsTokenPrefix + Buffer.from(`${presigned}#${audience}`).toString('base64url');
}
