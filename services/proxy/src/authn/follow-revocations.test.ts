import { afterEach, expect, jest, test } from '@jest/globals';
import type { Revocation } from '@latchkey/contract';
import type { Answer } from '@latchkey/http';
import { AuthUnavailable } from '../ask-auth.ts';
import type { AskAuth } from '../ask-auth.ts';
import { followRevocations } from './follow-revocations.ts';

const log = { debug: jest.fn() };
let following: { close(): void } | undefined;
afterEach(() => {
  following?.close();
  log.debug.mockClear();
});

type Asked = { after: string | null; answer(answer: Partial<Answer> | Error): void };

/** Auth whose answers are given one by one. */
function auth(): { askAuth: AskAuth; asked(): Promise<Asked>; heard: Revocation[] } {
  const questions: Asked[] = [];
  const waiting: ((asked: Asked) => void)[] = [];
  const heard: Revocation[] = [];
  const askAuth: AskAuth = (_, form, wait) =>
    new Promise((resolve, reject) => {
      wait?.signal.addEventListener('abort', () => reject(new Error('aborted')));
      const question: Asked = {
        after: form.get('after'),
        answer: (answer) =>
          answer instanceof Error
            ? reject(answer)
            : resolve({ status: 200, contentType: '', body: '', ...answer }),
      };
      const next = waiting.shift();
      if (next === undefined) questions.push(question);
      else next(question);
    });
  const asked = () =>
    new Promise<Asked>((resolve) => {
      const question = questions.shift();
      if (question === undefined) waiting.push(resolve);
      else resolve(question);
    });
  return { askAuth, asked, heard };
}

function follow({ askAuth, heard }: ReturnType<typeof auth>): void {
  const hear = (ended: readonly Revocation[]) => void heard.push(...ended);
  following = followRevocations({ askAuth, hear, log, pauseMs: () => 1 });
}

const telling = (revocations: unknown[], after?: string) => ({
  body: JSON.stringify({ revocations, after }),
});

test('what auth tells is heard, and it is asked for what came after that', async () => {
  const it = auth();
  follow(it);
  const first = await it.asked();
  first.answer(telling([{ sid: 'one' }, { whose: '*', signed_in_until: 5 }], '1-0'));
  const second = await it.asked();

  expect([first.after, second.after]).toEqual([null, '1-0']);
  expect(it.heard).toEqual([{ sid: 'one' }, { whose: '*', signed_in_until: 5 }]);
});

test('what is not understood is passed over, and the rest is heard', async () => {
  const it = auth();
  follow(it);
  const strange = [
    { group: 'staff' },
    7,
    null,
    { sid: '' },
    { whose: 'one' },
    { whose: '*', signed_in_until: -1 },
  ];
  (await it.asked()).answer(
    telling([...strange, { sid: 'x'.repeat(300) }, { sid: 'one', more: true }], '1-0'),
  );
  await it.asked();

  expect(it.heard).toEqual([{ sid: 'one' }]);
});

test.each<[string, Partial<Answer> | Error]>([
  ['auth is away', new AuthUnavailable('no answer: unreachable', { isLost: true })],
  ['it answers something else', { body: '<html>' }],
  ['it answers more than is ever sent at once', telling(Array.from({ length: 1_001 }, () => ({ sid: 'x' })))],
  ['it refuses', { status: 401 }],
])('where %s it is asked again, after the same one', async (_, answer) => {
  const it = auth();
  follow(it);
  (await it.asked()).answer(telling([{ sid: 'one' }], '1-0'));
  (await it.asked()).answer(answer);
  const { after } = await it.asked();

  expect([after, it.heard]).toEqual(['1-0', [{ sid: 'one' }]]);
  expect(log.debug).toHaveBeenCalledTimes(1);
});

test('auth of the version before is left alone, without a word', async () => {
  const it = auth();
  follow(it);
  (await it.asked()).answer({ status: 404 });
  const next = it.asked().then(() => 'asked');
  const later = new Promise((resolve) => setTimeout(resolve, 100, 'not asked'));

  expect(await Promise.race([next, later])).toBe('not asked');
  expect(log.debug).not.toHaveBeenCalled();
});

test('nothing is asked any more once it is closed', async () => {
  const it = auth();
  follow(it);
  await it.asked();
  following?.close();
  const next = it.asked().then(() => 'asked');
  const later = new Promise((resolve) => setTimeout(resolve, 100, 'not asked'));

  expect(await Promise.race([next, later])).toBe('not asked');
});
