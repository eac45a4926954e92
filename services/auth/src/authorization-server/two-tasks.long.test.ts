// A program that asks one task and is answered by another, and a Redis that forgets.
import { beforeAll, expect } from '@jest/globals';
import { authorizationServerPaths as paths, commandLineClient, deviceGrantType } from '@latchkey/contract';
import { app, fieldOf, newTokenKey, programAt, sameOrigin } from '../../test/program.ts';
import type { Program } from '../../test/program.ts';
import { ssoOrigin } from '../../test/rig.ts';
import type { Answer } from '../../test/rig.ts';
import { describeWithRedis, testWithRedis, useTwoTasks } from '../../test/two-tasks.ts';

const textIn = ({ body }: Answer, name: string) => String(body[name]);

const refreshAt = (program: Program, tokens: Answer) =>
  program.token({ grant_type: 'refresh_token', refresh_token: textIn(tokens, 'refresh_token') });

describeWithRedis('programs at two tasks', () => {
  const the = useTwoTasks({ ACCESS_TOKEN_KEY: newTokenKey() });
  let programs: { one: Program; other: Program };
  beforeAll(() => {
    programs = { one: programAt(the.one), other: programAt(the.other) };
  });

  testWithRedis('a device code may be asked for, approved and redeemed at different ones, once', async () => {
    const begun = await programs.one.post(paths.deviceAuthorization, {
      client_id: commandLineClient,
      resource: app,
    });
    const browser = the.other.browser();
    await the.other.signIn(browser, 'engineer@example.com');
    const page = await browser.visit(textIn(begun, 'verification_uri_complete'));
    const form = { approval: fieldOf(page.body, 'approval'), decision: 'approve' };
    await browser.visit(ssoOrigin + paths.approve, { form, headers: sameOrigin });
    const poll = { grant_type: deviceGrantType, device_code: textIn(begun, 'device_code') };
    const answers = await Promise.all([programs.one.token(poll), programs.other.token(poll)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  testWithRedis('a refresh token that was replaced at one is known to the other', async () => {
    const browser = the.one.browser();
    await the.one.signIn(browser, 'engineer@example.com');
    const first = await programs.one.login(browser);
    const twins = await Promise.all([refreshAt(programs.one, first), refreshAt(programs.other, first)]);
    expect(twins.map(({ status }) => status)).toEqual([200, 200]);
    const second = await refreshAt(programs.other, twins[0]);
    expect(second.status).toBe(200);
    the.one.clock.now += 31_000;
    expect((await refreshAt(programs.one, first)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await refreshAt(programs.other, second)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await the.other.introspect({ token: textIn(second, 'access_token') })).body).toEqual({
      active: false,
    });
  });
});
