import { listOf, valueType } from './value-types.ts';

// Padded and canonical, as `openssl rand -base64 32` writes it.
const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const key = valueType(
  'key',
  'base64 of 32 or 64 random bytes: the output of openssl rand -base64 32',
  (text) => {
    if (!base64Pattern.test(text)) return undefined;
    const { length } = Buffer.from(text, 'base64');
    return length === 32 || length === 64 ? text : undefined;
  },
);

/** One or more keys in padded base64, kept as given. Several make it possible to change them without a break. */
export const keyList = listOf('key list', key);
