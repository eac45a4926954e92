import { expect, test } from '@jest/globals';
import { noRequest, readRule } from './rule.ts';

const ann = { sub: '1', email: 'ann@example.com', groups: ['ops'], idp: 'google', host: 'app.example.com' };

function holds(text: string, { method = 'GET', url = '/', headers = {} } = {}): boolean {
  const rule = readRule(text);
  if (typeof rule === 'string') throw new Error(rule);
  return rule.holds(ann, { method, url, headers, rawHeaders: Object.entries<string>(headers).flat() });
}

test.each([
  ['"ops" in user.groups', {}, true],
  ['user.sub == "1" && user.idp == "google" && user.domain == "example.com"', {}, true],
  ['request.host == "app.example.com"', {}, true],
  ['request.method == "GET"', { method: 'POST' }, false],
  ['request.path.startsWith("/api/")', { url: '/api/x?y' }, true],
  ['request.path.matches("^/a+$")', { url: '/aaa' }, true],
  ['request.headers["x-client"] == "cli"', { headers: { 'x-client': 'cli' } }, true],
  ['request.time < timestamp("2020-01-01T00:00:00Z")', {}, false],
  ['has(request.path) && request.path != "/admin"', { url: '/x' }, true],
])('%s, for %j: %s', (text, request, expected) => {
  expect(holds(text, request)).toBe(expected);
});

test.each([
  ['!request.path.startsWith("/admin")', { url: '/x/..%2fadmin' }],
  ['request.path != "/admin"', { url: '/', headers: { destination: '/admin' } }],
  ['request.method != "DELETE"', { method: 'POST', headers: { 'x-http-method-override': 'DELETE' } }],
  // The assertion names groups of its route alone, so who is not named may be in it.
  ['!("contractors" in user.groups)', {}],
])('what is not certain does not hold: %s, for %j', (text, request) => {
  expect(holds(text, request)).toBe(false);
});

test.each([
  ['user.emial == "x"', /^at character 6: There is no fact `user.emial`/],
  ['user.email', /^at character 6: The expression is a text/],
  ['user.email == ', /^at character \d+: /],
  [
    'request.method == "GET" && request.address == "1.2.3.4"',
    /^at character 36: `request.address` is not known here/,
  ],
  ['machine.client == "x"', /`machine.client` is not known here: write one of user.email/],
  ['request.path.matches("(")', /^at character/],
  ['true', /^it always holds/],
  ['user.email == "Ann@example.com"', /lower case/],
])('%s is refused with what to write', (text, message) => {
  expect(readRule(text)).toEqual(expect.stringMatching(message));
});

test('a connection that is no HTTP has nothing of a request, and a rule about people holds for it', () => {
  const [byPerson, byMethod] = [readRule('"ops" in user.groups'), readRule('request.method != "POST"')];
  if (typeof byPerson === 'string' || typeof byMethod === 'string') throw new Error('no rules');
  expect([byPerson.holds(ann, noRequest), byMethod.holds(ann, noRequest)]).toEqual([true, false]);
});
