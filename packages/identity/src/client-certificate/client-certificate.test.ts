import { expect, test } from '@jest/globals';
import { makeAuthority } from '@latchkey/testing/authority';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate, ExtendedKeyUsage, id_ce_extKeyUsage } from '@peculiar/asn1-x509';
import { assert, property, stringMatching } from 'fast-check';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { personFacts } from './facts.ts';
import type { CertifiedFacts } from './facts.ts';
import { issueClientCertificate } from './issue.ts';
import { parseSanUri, sanUriOf } from './san-uri.ts';
import { parseSubject, subjectOf } from './subject.ts';

const { cert, key } = makeAuthority();
const authority = { certificate: new X509Certificate(cert), privateKey: createPrivateKey(key) };
const now = Date.parse('2026-11-27T08:00:00.500Z');
const lifetimeMs = 300_000;

/** The names in a certificate of somebody, as a library reads them out of its bytes. */
function certify(subject: string, facts: CertifiedFacts, sanUri?: string) {
  const [template, uri] = [
    parseSubject(subject, personFacts),
    parseSanUri(sanUri ?? 'spiffe://x/', personFacts),
  ];
  if ('wrong' in template) throw new Error(template.wrong);
  if ('wrong' in uri) throw new Error(uri.wrong);
  const issued = issueClientCertificate(
    authority,
    { subject: subjectOf(template, facts), ...(sanUri !== undefined && { sanUri: sanUriOf(uri, facts) }) },
    { now, lifetimeMs },
  );
  const certificate = new X509Certificate(issued.cert);
  const { tbsCertificate } = AsnConvert.parse(certificate.raw, Certificate);
  const names = tbsCertificate.subject.map((set) => set.map(({ type, value }) => [type, value.utf8String]));
  return { issued, certificate, names, tbsCertificate };
}

test('a certificate says who it is, is good for minutes, for clients alone, and signed by the authority', () => {
  const { issued, certificate, tbsCertificate } = certify(
    'CN={email},OU=people',
    { email: 'ann@example.com', sub: '117' },
    'spiffe://corp/user/{sub}',
  );
  expect(certificate.verify(authority.certificate.publicKey)).toBe(true);
  expect(certificate.checkIssued(authority.certificate)).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(issued.key))).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.subject).toBe('OU=people\nCN=ann@example.com');
  expect(certificate.subjectAltName).toBe('URI:spiffe://corp/user/117');
  expect(certificate.validFromDate).toEqual(new Date('2026-11-27T07:59:00Z'));
  expect(certificate.validToDate).toEqual(new Date('2026-11-27T08:05:00Z'));
  expect(issued.until).toBe(certificate.validToDate.getTime());
  const usages = tbsCertificate.extensions?.find(({ extnID }) => extnID === id_ce_extKeyUsage)?.extnValue;
  expect([...AsnConvert.parse(usages ?? new Uint8Array(), ExtendedKeyUsage)]).toEqual(['1.3.6.1.5.5.7.3.2']);
});

test('no two have a serial number or a key in common, and none outlives its authority', () => {
  const [one, other] = [certify('CN={email}', { email: 'a@b.c' }), certify('CN={email}', { email: 'a@b.c' })];
  expect(one.certificate.serialNumber).not.toBe(other.certificate.serialNumber);
  expect(one.certificate.serialNumber).toMatch(/^01[0-9A-F]{32}$/);
  expect(one.issued.key).not.toBe(other.issued.key);
  const late = { now: authority.certificate.validToDate.getTime() - 1_000, lifetimeMs };
  const subject = [{ oid: '2.5.4.3', value: 'ann' }];
  expect(issueClientCertificate(authority, { subject }, late).until).toBe(late.now + 1_000);
});

const nothingElse = 'whatever an address holds, it is the value of one attribute and nothing beside it';
test(nothingElse, () => {
  const hostile = stringMatching(/^[a-z",+=<>#;\\/ {}@é*$%]{1,60}$/);
  assert(
    property(hostile, (email) => {
      const { names, certificate } = certify('CN={email},O=corp', { email, sub: email }, 'spiffe://c/{sub}');
      expect(names).toEqual([[['2.5.4.10', 'corp']], [['2.5.4.3', email]]]);
      const [, segment = ''] =
        /^"?URI:spiffe:\/\/c\/(?<one>[\w.~%-]+)"?$/.exec(certificate.subjectAltName ?? '') ?? [];
      expect(decodeURIComponent(segment)).toBe(email);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['nothing is known for {email}', {}],
  ['nothing is known for {email}', { email: '' }],
  ['{email} holds a character that no name may hold', { email: 'ann\0@example.com' }],
  ['{email} holds a character that no name may hold', { email: 'ann@example.com\n' }],
  ['{email} holds a character that no name may hold', { email: 'ann\u200b@example.com' }],
  ['CN would have more than 64 characters', { email: `${'a'.repeat(64)}@example.com` }],
])('there is none where %s', (why, facts) => {
  expect(() => certify('CN={email}', facts)).toThrow(why);
});

test.each(['.', '..'])('nobody climbs in the address of others by being called %s', (sub) => {
  expect(() => certify('CN=x', { sub }, 'spiffe://corp/user/{sub}')).toThrow('as a segment');
  expect(() => certify('CN=x', { sub }, 'spiffe://corp/user/{sub}/x')).toThrow('as a segment');
});

test.each([
  ['CN={email}', undefined],
  ['cn = {email} , O=Acme\\, Inc.', undefined],
  ['', ' is not an attribute and its value, such as CN={email}'],
  ['{email}', '{email} is not an attribute and its value, such as CN={email}'],
  ['CN={name}', '{name} is none of {email}, {user}, {sub}, {idp}'],
  ['CN={email', '{ is none of {email}, {user}, {sub}, {idp}'],
  ['CN={email},', ' is not an attribute and its value, such as CN={email}'],
  ['CN=a+O=b', 'CN=a+O=b is not an attribute and its value, such as CN={email}'],
  ['XY=a', 'XY=a is not an attribute and its value, such as CN={email}'],
  ['CN=#0c01', 'CN=#0c01 is not an attribute and its value, such as CN={email}'],
])('the subject %j is read, or it is said why not', (text, wrong) => {
  const read = parseSubject(text, personFacts);
  expect('wrong' in read ? read.wrong : undefined).toBe(wrong);
});

test.each([
  ['spiffe://corp/user/{sub}', true],
  ['https://id.example.com/{idp}/{sub}', true],
  ['spiffe://{sub}/x', false],
  ['spiffe://corp{sub}/', false],
  ['{sub}', false],
  ['spiffe://corp/{nick}', false],
  ['spiffe://corp/ü', false],
])('the address %j is read, or not', (text, isRead) => {
  expect('wrong' in parseSanUri(text, personFacts)).toBe(!isRead);
});
