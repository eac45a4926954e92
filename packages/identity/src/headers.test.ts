import { describe, expect, test } from '@jest/globals';
import { identityHeaders } from './headers.ts';
import { isReserved } from './names.ts';

const ada = { user: 'ada', email: 'ada@example.com', groups: ['staff', 'makers'] };

/** The value as an upstream reads it that decodes octets as UTF-8. */
function readAsUtf8(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8');
}

describe('the identity headers', () => {
  test('tell user, address and groups, in this order', () => {
    expect(identityHeaders(ada)).toEqual([
      ['X-Forwarded-User', 'ada'],
      ['X-Forwarded-Email', 'ada@example.com'],
      ['X-Forwarded-Groups', 'staff,makers'],
    ]);
  });

  test('are all there when there is nothing to tell', () => {
    expect(identityHeaders({ user: '', email: '', groups: [] })).toEqual([
      ['X-Forwarded-User', ''],
      ['X-Forwarded-Email', ''],
      ['X-Forwarded-Groups', ''],
    ]);
  });

  test('are among the names that nobody else may send', () => {
    for (const [name] of identityHeaders(ada)) expect(isReserved(name)).toBe(true);
  });
});

describe('a value', () => {
  test.each([['zoë'], ['日本'], ['🔑'], ['ﬁ'], ['a\u0085b'], ['a\u00a0b']])(
    'of %j arrives as UTF-8, one octet a character',
    (user) => {
      const value = identityHeaders({ ...ada, user })[0]?.[1] ?? '';

      expect(readAsUtf8(value)).toBe(user);
      expect(value).toMatch(/^[\u0020-\u007e\u0080-\u00ff]*$/);
    },
  );

  test.each([
    ['a\r\nX-Forwarded-Email: evil@example.com', 'aX-Forwarded-Email: evil@example.com'],
    ['a\nb', 'ab'],
    ['a\u0000b', 'ab'],
    ['a\tb', 'ab'],
    ['a\u007fb', 'ab'],
    ['\u001f', ''],
  ])('of %j loses what would end the line or the text', (user, sent) => {
    expect(identityHeaders({ ...ada, user })[0]).toEqual(['X-Forwarded-User', sent]);
  });

  test('does not gain a line feed by its encoding', () => {
    // The low byte of each of these is a line feed or a carriage return.
    expect(identityHeaders({ ...ada, user: '\u010a\u560d\u010d' })[0]?.[1]).not.toMatch(/[\r\n]/);
  });

  test('of half a character is a replacement character, not half an octet sequence', () => {
    expect(readAsUtf8(identityHeaders({ ...ada, user: 'a\ud800' })[0]?.[1] ?? '')).toBe('a\ufffd');
  });
});
