import { describe, expect, test } from '@jest/globals';
import { identityOf, mergedClaims } from './claims.ts';
import type { JsonObject } from '../json.ts';

function identityFrom(idToken: JsonObject, userinfo: JsonObject) {
  return identityOf(mergedClaims({ sub: 's', ...idToken }, { sub: 's', ...userinfo }));
}

const [ours, theirs] = ['ada@example.com', 'eve@example.com'];

describe('an ID token and userinfo together', () => {
  test.each<[JsonObject, JsonObject, string, boolean]>([
    [{ email: ours, email_verified: true }, {}, ours, true],
    [{}, { email: ours, email_verified: true }, ours, true],
    [{ email: ours, email_verified: true }, { email: ours }, ours, true],
    [{ email: ours, email_verified: true }, { email: ours, email_verified: false }, ours, false],
    [{ email: ours, email_verified: false }, { email: ours, email_verified: true }, ours, true],
    // What one says of an address says nothing of another one.
    [{ email: ours, email_verified: true }, { email: theirs }, theirs, false],
    [{ email: ours }, { email_verified: true }, ours, false],
    [{ email_verified: true }, { email: theirs }, theirs, false],
    [{ email: ours, email_verified: true }, { email_verified: false }, ours, true],
    // A text is no promise, wherever it stands.
    [{ email: ours, email_verified: 'true' }, {}, ours, false],
    [{ email: ours, email_verified: true }, { email: ours, email_verified: 'true' }, ours, false],
  ])('%j and %j: %s, %j', (idToken, userinfo, email, emailVerified) => {
    expect(identityFrom(idToken, userinfo)).toMatchObject({ email, emailVerified });
  });

  test.each<[JsonObject, JsonObject, string[] | undefined]>([
    [{ groups: ['a'] }, {}, ['a']],
    [{}, { groups: ['a'] }, ['a']],
    [{ groups: ['a', 'b'] }, { groups: ['b', 'c'] }, ['a', 'b', 'c']],
    [{ groups: [] }, {}, []],
    [{ groups: 'a' }, { groups: ['b', 1, null] }, ['b']],
    [{}, {}, undefined],
  ])('%j and %j tell of the groups %j', (idToken, userinfo, groups) => {
    expect(identityFrom(idToken, userinfo).groups).toEqual(groups);
  });
});
