import { describe, expect, test } from '@jest/globals';
import { deriveKeys } from './keys.ts';
import {
  clockSkewMs,
  providersOf,
  refuseReturnAddress,
  returnAddressLifeMs,
  signReturnAddress,
} from './return-address.ts';

const [key] = deriveKeys(['secret'], 'return address');
const url = 'https://wiki.corp.example.com/d/1?x=2#y';
const now = 1_700_000_000_000;
const signed = signReturnAddress(url, key, now);

describe('a signed return address', () => {
  test('carries the address as it is and the second it was signed in', () => {
    expect(signed).toEqual({
      redirect_uri: url,
      ts: '1700000000',
      sig: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  test.each([
    ['at once', 0, undefined],
    ['at the end of its life', returnAddressLifeMs, undefined],
    ['a millisecond later', returnAddressLifeMs + 1, 'expired'],
    ['a year later', 31_536_000_000, 'expired'],
    ['where a clock is a minute behind', -clockSkewMs, undefined],
    ['where a clock is further behind', -clockSkewMs - 1, 'from the future'],
    ['a year before', -31_536_000_000, 'from the future'],
  ])('%s', (_, later, refusal) => {
    expect(refuseReturnAddress(signed, [key], now + later)).toBe(refusal);
  });
});

describe('a return address with a code asked for', () => {
  const codeRequest = { state: 'state', codeChallenge: 'challenge' };
  const asked = signReturnAddress(url, key, now, { codeRequest });

  test.each([
    ['as it was signed', asked, codeRequest, undefined],
    ['with another state', asked, { ...codeRequest, state: 'another' }, 'forged'],
    ['with the challenge of another attempt', asked, { ...codeRequest, codeChallenge: 'another' }, 'forged'],
    ['with a boundary moved', asked, { state: 'statec', codeChallenge: 'hallenge' }, 'forged'],
    ['without it', asked, undefined, 'forged'],
    ['with one that nobody signed', signed, codeRequest, 'forged'],
  ] as const)('%s', (_, given, shown, refusal) => {
    expect(refuseReturnAddress(given, [key], now, shown)).toBe(refusal);
  });
});

describe('a return address with providers to choose from', () => {
  const codeRequest = { state: 'state', codeChallenge: 'challenge' };
  const providers = ['google', 'okta'];
  const chosen = signReturnAddress(url, key, now, { providers });

  test('names them, and one alone is no choice', () => {
    expect(providersOf(chosen)).toEqual(providers);
    expect(signReturnAddress(url, key, now, { providers: ['google'] })).toEqual(signed);
    expect(providersOf(signed)).toEqual([]);
  });

  test.each([
    ['as it was signed', chosen, undefined, undefined],
    [
      'with a code asked for',
      signReturnAddress(url, key, now, { providers, codeRequest }),
      codeRequest,
      undefined,
    ],
    ['with one more', { ...chosen, providers: 'google okta evil' }, undefined, 'forged'],
    ['in another order', { ...chosen, providers: 'okta google' }, undefined, 'forged'],
    ['with none', { ...chosen, providers: '' }, undefined, 'forged'],
    ['where there was no choice', { ...signed, providers: 'google okta' }, undefined, 'forged'],
    ['with a code that nobody signed', chosen, codeRequest, 'forged'],
  ] as const)('%s', (_, given, shown, refusal) => {
    expect(refuseReturnAddress(given, [key], now, shown)).toBe(refusal);
  });

  test('is not the one without them', () => {
    const { providers: _, ...without } = chosen;
    expect(refuseReturnAddress(without, [key], now)).toBe('forged');
  });
});

describe('a return address that nobody of ours signed', () => {
  const [other] = deriveKeys(['other'], 'return address');
  const [otherPurpose] = deriveKeys(['secret'], 'session');
  const { sig: _sig, ...withoutSig } = signed;
  const { ts: _ts, ...withoutTs } = signed;
  const { redirect_uri: _uri, ...withoutUri } = signed;
  const elsewhere = signReturnAddress('https://evil.example/', key, now);

  test.each([
    ['nothing', {}, 'unsigned'],
    ['no signature', withoutSig, 'unsigned'],
    ['no time', withoutTs, 'unsigned'],
    ['no address', withoutUri, 'unsigned'],
    ['an empty signature', { ...signed, sig: '' }, 'forged'],
    ['a short signature', { ...signed, sig: signed.sig.slice(0, 20) }, 'forged'],
    ['a long signature', { ...signed, sig: `${signed.sig}AAAA` }, 'forged'],
    ['a signature of nothing', { ...signed, sig: 'A'.repeat(43) }, 'forged'],
    ['another address', { ...signed, redirect_uri: 'https://evil.example/' }, 'forged'],
    ['one more character', { ...signed, redirect_uri: `${url} ` }, 'forged'],
    ['another spelling of the host', { ...signed, redirect_uri: url.replace('wiki', 'WIKI') }, 'forged'],
    ['another time', { ...signed, ts: '1700000001' }, 'forged'],
    ['another spelling of the time', { ...signed, ts: '01700000000' }, 'forged'],
    ['a time that is none', { ...signed, ts: 'now' }, 'forged'],
    ['an empty time', { ...signed, ts: '' }, 'forged'],
    ['a time with a sign', { ...signed, ts: '+1700000000' }, 'forged'],
    ['a time in scientific spelling', { ...signed, ts: '17e8' }, 'forged'],
    ['a time without end', { ...signed, ts: '9'.repeat(400) }, 'forged'],
    ['the signature of another address', { ...signed, sig: elsewhere.sig }, 'forged'],
    ['swapped fields', { redirect_uri: signed.ts, ts: url, sig: signed.sig }, 'forged'],
    ['a boundary moved', { redirect_uri: `${url}1`, ts: '700000000', sig: signed.sig }, 'forged'],
    ['another secret', signReturnAddress(url, other, now), 'forged'],
    ['another purpose', signReturnAddress(url, otherPurpose, now), 'forged'],
  ] as const)('%s', (_, given, refusal) => {
    expect(refuseReturnAddress(given, [key], now)).toBe(refusal);
  });

  test('an expired one that is forged is called forged: its age is not ours to tell', () => {
    expect(refuseReturnAddress({ ...signed, redirect_uri: 'https://evil.example/' }, [key], now + 1e9)).toBe(
      'forged',
    );
  });
});
