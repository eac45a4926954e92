import { randomBytes } from 'node:crypto';
import { decodeBase64 } from './base64.ts';
import { listOf, valueType } from './value-types.ts';

/** With fewer characters a secret is found by trying them all, at leisure, against one signature. */
const shortest = 16;
/** 128 bits, however they are written down. */
const longEnough = 32;
/** Whatever is chosen at random has more different characters. */
const fewestDifferent = 6;

/** In bytes. 64 letters and digits, as AWS Secrets Manager generates them, are base64 of 48. */
const keyLengths: ReadonlySet<number> = new Set([32, 48, 64]);

// Of this process alone: no secret that anybody can know is ever in the place of one.
const example = randomBytes(32).toString('base64');

/** One key in padded base64, kept as given. */
export const key = valueType(
  'key',
  'base64 of 32 or 64 random bytes: the output of openssl rand -base64 32',
  (text) => {
    const bytes = decodeBase64(text);
    if (bytes === undefined || !keyLengths.has(bytes.length)) return undefined;
    return isGuessable(Buffer.from(bytes).toString('latin1')) ? undefined : text;
  },
  { example },
);

/** One or more keys in padded base64, kept as given. Several make it possible to change them without a break. */
export const keyList = listOf('key list', key);

/**
 * The secret that the two services have in common, or several while it is being changed. Any text will do that nobody
 * guesses: keys are derived from it, and what they sign goes through browsers, where anybody may try guesses against it.
 */
export const sharedSecretList = valueType(
  'shared secret list',
  'the output of openssl rand -base64 32, the same in both services: it has to be of at least 16 characters and may not repeat itself',
  readSharedSecrets,
  { example },
);

/**
 * A comma parts two secrets where each of them would do alone. A random text that a deployment has may hold a comma, and
 * goes on as the one secret that it was, also behind a new one.
 */
function readSharedSecrets(text: string): [string, ...string[]] | undefined {
  const comma = text.indexOf(',');
  const first = text.slice(0, comma).trim();
  if (comma >= 0 && !isGuessable(first)) {
    const rest = text.slice(comma + 1).trim();
    if (rest === '') return [first];
    const older = readSharedSecrets(rest);
    if (older !== undefined) return [first, ...older];
  }
  return isGuessable(text) ? undefined : [text];
}

/** One or more secrets for a header, which have no predecessors that had to be taken. */
export const headerSecretList = listOf(
  'secret list',
  valueType(
    'secret',
    'the output of openssl rand -base64 32',
    (text) =>
      /^[\x21-\x7e]+$/.test(text) && text.length >= longEnough && !isGuessable(text) ? text : undefined,
    { example },
  ),
);

/** Tells whether a shared secret is taken, and yet so short that it should be replaced. */
export function isShort(secret: string): boolean {
  return secret.length < longEnough;
}

function isGuessable(secret: string): boolean {
  // Where the text is found again in two of itself, its beginning up to there is all that it repeats.
  const unit = (secret + secret).indexOf(secret, 1);
  return unit < shortest || new Set(secret).size < fewestDifferent;
}
