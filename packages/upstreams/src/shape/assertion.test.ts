import { describe, expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { load, routeOf } from '../../test-support/load.ts';

function messages(line: string): string[] {
  return load(withOptions(line)).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

describe('assertion_header', () => {
  test.each([
    ['X-Identity', { name: 'X-Identity', scheme: '' }],
    ["'Authorization: Bearer'", { name: 'Authorization', scheme: 'Bearer' }],
    ["'Authorization:Bearer'", { name: 'Authorization', scheme: 'Bearer' }],
    ['x-latchkey-jwt-assertion', { name: 'x-latchkey-jwt-assertion', scheme: '' }],
  ])('%s is a header', (written, read) => {
    expect(routeOf(withOptions(`assertion_header: ${written}`)).assertionHeader).toEqual(read);
  });

  test('is X-Latchkey-Jwt-Assertion where nothing is written', () => {
    expect(routeOf(withOptions('')).assertionHeader).toEqual({
      name: 'X-Latchkey-Jwt-Assertion',
      scheme: '',
    });
  });

  test.each([
    ["''", '"" is not a header: write the name of a header'],
    ["'X Identity'", '"X Identity" is not a header: write the name of a header'],
    ["'Authorization: Bearer x'", 'is not a header: write the name of a header'],
    [
      'X-Forwarded-User',
      'X-Forwarded-User is used for something else and cannot carry the assertion: choose another name',
    ],
    ['x_request_id', 'x_request_id is used for something else'],
    ['Kid', 'Kid is used for something else'],
    ['Cookie', 'Cookie is used for something else'],
    ['Transfer-Encoding', 'Transfer-Encoding is used for something else'],
    ['Host', 'Host is used for something else'],
    ['Authorization', "Authorization needs a scheme (RFC 9110): write `'Authorization: Bearer'`"],
  ])('%s is LK217', (written, said) => {
    const [message = '', ...others] = messages(`assertion_header: ${written}`);
    expect([message.slice(0, 5), others]).toEqual(['LK217', []]);
    expect(message).toContain(said);
  });

  test('is LK217 where another option sets the same header', () => {
    const text = withOptions("assertion_header: X-Who\n      inject_request_headers: { x_who: '1' }");
    expect(load(text).diagnostics).toMatchObject([{ code: 'LK217' }]);
  });
});

describe('assertion_claims', () => {
  test('are texts, or what is known of the person', () => {
    const written =
      '{ role: Viewer, login: $email, price: $$5, level: 7, "https://example.com/team": $groups }';
    expect(routeOf(withOptions(`assertion_claims: ${written}`)).assertionClaims).toEqual([
      ['role', 'Viewer'],
      ['login', { of: 'email' }],
      ['price', '$5'],
      ['level', '7'],
      ['https://example.com/team', { of: 'groups' }],
    ]);
  });

  test.each(['iss', 'aud', 'sub', 'email', 'groups', 'exp', 'jti'])('cannot be %s', (name) => {
    expect(messages(`assertion_claims: { ${name}: x }`)).toEqual([
      `LK218 ${name} is in every assertion and cannot be set: choose another name`,
    ]);
  });

  test.each([
    ['{ "a b": x }', 'LK218 "a b" is no name of a claim: write letters, digits and `_:/.-`'],
    ['{ login: $mail }', 'LK218 "$mail" is not a fact about a person: write one of `$email`'],
    ['{ login: $ }', 'LK218 "$" is not a fact about a person'],
    ['{ login: [a] }', 'LK205 Write the value of login as one text'],
    ['{ login: ~ }', 'LK205 Write the value of login as one text'],
    ['Viewer', 'Write `name: value` lines here, indented'],
  ])('%s is refused', (written, said) => {
    expect(messages(`assertion_claims: ${written}`)[0]).toContain(said);
  });
});
