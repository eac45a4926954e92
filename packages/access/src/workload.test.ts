import { expect, test } from '@jest/globals';
import { fittingClaims } from './workload.ts';

const issuer = 'https://ci.example.com';
const workload = {
  issuer,
  claims: [
    ['repository', ['corp/app']],
    ['ref', ['refs/heads/main', 'refs/heads/release']],
  ],
} as const;

test.each([
  [{ repository: 'corp/app', ref: 'refs/heads/main', actor: 'a' }, true],
  [{ repository: 'corp/app', ref: ['refs/heads/x', 'refs/heads/release'] }, true],
  [{ repository: 'corp/app', ref: 'refs/heads/mainx' }, false],
  [{ repository: 'corp/app', ref: 'REFS/heads/main' }, false],
  [{ repository: 'corp/app' }, false],
  [{ repository: { name: 'corp/app' }, ref: 'refs/heads/main' }, false],
  [{ repository: 'corp/app', ref: null }, false],
  [Object.create({ repository: 'corp/app', ref: 'refs/heads/main' }), false],
  [{}, false],
])('claims %j fit: %s', (claims: Record<string, unknown>, fits) => {
  expect(fittingClaims(workload, { issuer, claims }) !== undefined).toBe(fits);
  expect(fittingClaims(workload, { issuer: `${issuer}/`, claims })).toBeUndefined();
});

test('a number and a truth value count as they are written', () => {
  const wanted = {
    issuer,
    claims: [
      ['id', ['42']],
      ['protected', ['true']],
    ],
  } as const;
  expect(fittingClaims(wanted, { issuer, claims: { id: 42, protected: true } })).toEqual({
    id: '42',
    protected: 'true',
  });
});

test('without a condition nobody fits', () => {
  expect(fittingClaims({ issuer, claims: [] }, { issuer, claims: { sub: 'a' } })).toBeUndefined();
});
