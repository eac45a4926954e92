import { expect, test } from '@jest/globals';
import { basicCredentials } from './basic.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

test.each([
  ['as they are', basic('deploy-bot:a_b'), 'deploy-bot', 'a_b'],
  ['encoded', basic('deploy%2Dbot:a%5Fb+c%3A'), 'deploy-bot', 'a_b c:'],
  ['with colons in the secret', basic('a:b:c'), 'a', 'b:c'],
  ['with what is no encoding', basic('a:%zz'), 'a', '%zz'],
  ['under another spelling of the scheme', basic('a:b').replace('Basic ', 'basic  '), 'a', 'b'],
])('credentials are read %s', (_, header, id, secret) => {
  expect(basicCredentials(header)).toEqual({ id, secret });
});

test.each([
  undefined,
  '',
  'Basic',
  'Basic ',
  basic('nocolon'),
  'Basic a:b',
  `${basic('a:b')}, ${basic('c:d')}`,
  'Bearer YTpi',
])('%s has none', (header) => {
  expect(basicCredentials(header)).toBeUndefined();
});
