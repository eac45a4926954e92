import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { revocationsPath } from '@latchkey/contract';
import { deriveKeys, openSession } from '@latchkey/session';
import type { Browser } from '@latchkey/testing/browser';
import { basic, client, sessionCookieName, ssoOrigin, startRig } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';
import { listen, signOut, slug } from '../../test/two-tasks.ts';
import { createRecentEnds } from '../revocation/recent-ends.ts';
import type { Reply } from '../web/locals.ts';
import { createRevocationsEndpoint } from './revocations.ts';

let rig: Rig;
let browser: Browser;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());
beforeEach(() => void (browser = rig.browser()));

async function signedIn(): Promise<{ token: string; sid: string }> {
  await rig.signIn(browser, 'engineer@example.com', { slug });
  const token = browser.cookie(ssoOrigin, sessionCookieName) ?? '';
  const session = await openSession(token, deriveKeys(rig.settings.session.cookie.secrets, 'session'));
  return { token, sid: session?.sid ?? '' };
}

test('who listens hears of a sign-out when it happens, once, and others who begin to listen do so at once', async () => {
  const { token, sid } = await signedIn();
  const listening = listen(rig);
  await signOut(rig, token);
  const { status, body } = await listening;
  expect({ status, body }).toEqual({
    status: 200,
    body: { revocations: [{ sid }], after: expect.any(String) },
  });
  const next = await signedIn();
  const listeningOn = listen(rig, String(body['after']));
  await signOut(rig, next.token);

  expect((await listeningOn).body['revocations']).toEqual([{ sid: next.sid }]);
  expect((await listen(rig)).body['revocations']).toEqual([{ sid }, { sid: next.sid }]);
});

test('only our client may listen, and only in one way', async () => {
  const post = () => rig.ask('POST', revocationsPath).type('form');

  await post().expect(401);
  await post().set(basic(client.id, 'wrong')).expect(401);
  await rig.ask('GET', revocationsPath).set(basic(client.id, client.secret)).expect(405);
});

test('a stop waits for nobody who listens', async () => {
  const other = await startRig({ besides: rig });
  const listening = listen(other);
  await other.close();

  expect(
    await listening.then(
      ({ body }) => body['revocations'],
      () => [],
    ),
  ).toEqual([]);
});

test('so many may listen and no more', async () => {
  const { answer } = createRevocationsEndpoint(createRecentEnds(Date), { atOnce: 0 });
  const asked = { body: '' } as Parameters<typeof answer>[0];

  await expect(async () => answer(asked, {} as Reply, () => undefined)).rejects.toThrow('Too many requests');
});
