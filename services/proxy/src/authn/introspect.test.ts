import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MockAgent } from 'undici';
import { createAskAuth } from '../ask-auth.ts';
import { createIntrospect } from './introspect.ts';

type Asked = { headers: unknown; body: unknown };

let auth: MockAgent;
const asked: Asked[] = [];
const nothing = { groups: [], accessToken: false };

beforeEach(() => {
  auth = new MockAgent();
  auth.disableNetConnect();
});

afterEach(async () => {
  asked.length = 0;
  await auth.close();
});

function answering(status: number, answer: object | string, gracePeriodMs = 3 * 3_600_000) {
  auth
    .get('http://auth.internal:4182')
    .intercept({ path: '/oauth2/introspect', method: 'POST' })
    .reply((request) => {
      asked.push({ headers: request.headers, body: request.body });
      return { statusCode: status, data: typeof answer === 'string' ? answer : JSON.stringify(answer) };
    });
  const askAuth = createAskAuth({
    internalUrl: new URL('http://auth.internal:4182'),
    externalUrl: new URL('https://sso.example.com:8443'),
    client: { id: 'the proxy', secrets: ['a:b+c%é'] },
    dispatcher: auth,
  });
  return createIntrospect(askAuth, gracePeriodMs);
}

describe('the question', () => {
  test('carries the token, the groups that routes name now, our credentials and the public name of auth', async () => {
    const introspect = answering(200, { active: false });
    await introspect('a+token', { groups: ['staff', 'a&b=c'], accessToken: false });

    const credentials = Buffer.from('the%20proxy:a%3Ab%2Bc%25%C3%A9').toString('base64');
    expect(asked).toEqual([
      {
        headers: expect.objectContaining({
          host: 'sso.example.com:8443',
          authorization: `Basic ${credentials}`,
          'content-type': 'application/x-www-form-urlencoded',
        }),
        body: 'token=a%2Btoken&vouched_within=3600&groups=staff&groups=a%26b%3Dc',
      },
    ]);
  });
});

test('the question names the access token where a route passes it on', async () => {
  await answering(200, { active: false })('token', { groups: [], accessToken: true });
  expect(asked.map(({ body }) => body)).toEqual(['token=token&vouched_within=3600&access_token=true']);
});

test('the question asks for no newer seal where there is no grace to count from it', async () => {
  await answering(200, { active: false }, 0)('token', nothing);
  expect(asked.map(({ body }) => body)).toEqual(['token=token']);
});

describe('the answer', () => {
  test.each([
    [{ active: false }, { active: false }],
    [{ active: false, groups: ['staff'] }, { active: false }],
    [
      { active: true, groups: [] },
      { active: true, groups: [] },
    ],
    [
      { active: true, groups: ['staff'], session: 'renewed', of_the_future: '1' },
      { active: true, groups: ['staff'], session: 'renewed' },
    ],
    [
      { active: true, groups: [], access_token: 'of the provider' },
      { active: true, groups: [], access_token: 'of the provider' },
    ],
  ])('%j is read as %j', async (answer, read) => {
    expect(await answering(200, answer)('token', nothing)).toEqual(read);
  });

  test.each([
    ['an error', 503, { active: true, groups: [] }],
    ['refused credentials', 401, { active: false }],
    ['a redirect', 302, { active: false }],
    ['another success', 204, ''],
    ['no JSON', 200, '<html>'],
    ['nothing', 200, ''],
    ['half an answer', 200, '{"active":tr'],
    ['no verdict', 200, { groups: [] }],
    ['a verdict in words', 200, { active: 'true', groups: [] }],
    ['no groups', 200, { active: true }],
    ['groups in one text', 200, { active: true, groups: 'staff' }],
    ['a seal that is none', 200, { active: true, groups: [], session: 7 }],
  ])('is none, and so ends nothing, when it is %s', async (_, status, answer) => {
    await expect(answering(status, answer)('token', nothing)).rejects.toThrow();
  });
});

const asking = () =>
  auth.get('http://auth.internal:4182').intercept({ path: '/oauth2/introspect', method: 'POST' });
const waiting = () => auth.pendingInterceptors().length;

describe('a question that is lost on its way', () => {
  const answer = { active: true, groups: [] };

  test.each([
    ['its connection is reset', () => asking().replyWithError(new Error('reset'))],
    ['the balancer has lost the task', () => asking().reply(502, '<html>')],
  ])('is asked once more: %s', async (_, lose) => {
    lose();
    expect(await answering(200, answer)('token', nothing)).toEqual(answer);
  });

  test('is asked twice at the most', async () => {
    for (let times = 0; times < 3; times++) asking().reply(502, '<html>');
    await expect(answering(200, answer)('token', nothing)).rejects.toThrow('auth answered 502');
    expect(waiting()).toBe(2);
  });

  test.each([503, 504])('is not asked again of a balancer that has nobody to ask: %d', async (status) => {
    asking().reply(status, '<html>');
    await expect(answering(200, answer)('token', nothing)).rejects.toThrow(`auth answered ${status}`);
    expect(waiting()).toBe(1);
  });
});
