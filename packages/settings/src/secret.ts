import { decodeBase64 } from './base64.ts';
import { listOf, valueType } from './value-types.ts';

const key = valueType(
  'key',
  'base64 of 32 or 64 random bytes: the output of openssl rand -base64 32',
  (text) => {
    const length = decodeBase64(text)?.length;
    return length === 32 || length === 64 ? text : undefined;
  },
);

/** One or more keys in padded base64, kept as given. Several make it possible to change them without a break. */
export const keyList = listOf('key list', key);
