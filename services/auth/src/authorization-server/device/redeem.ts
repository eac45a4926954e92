import { HttpError } from '@latchkey/http';
import { seal, unseal } from '@latchkey/session';
import type { Delegation, KeyRing } from '@latchkey/session';
import { z } from 'zod';
import type { SessionStore } from '../../lifecycle/store.ts';
import type { Parameters } from '../../web/parameters.ts';
import { delegate } from '../delegation.ts';
import { invalidGrant } from '../give-tokens.ts';
import type { GivingTokens } from '../give-tokens.ts';
import type { DeviceRequests } from './requests.ts';

/** What redeeming a device code takes. */
export type RedeemingDeviceCode = GivingTokens & {
  readonly devices: DeviceRequests;
  readonly store: Pick<SessionStore, 'newSid'>;
};

const schema = z.object({ id: z.string(), userCode: z.string(), client: z.string(), until: z.number() });

/** What only the program has. It is sealed, so that a guess costs no look into the store. */
export function sealDeviceCode(of: z.infer<typeof schema>, keys: KeyRing): Promise<string> {
  return seal(of, keys);
}

/**
 * What a person has let the program do that shows a device code (RFC 8628, section 3.4).
 *
 * @throws HttpError `authorization_pending`, `slow_down`, `expired_token`, `access_denied`, `invalid_grant`
 */
export async function redeemDeviceCode(
  form: Parameters,
  client: string,
  parts: RedeemingDeviceCode,
): Promise<Delegation> {
  const { devices, programs, now, store } = parts;
  const shown = await unseal(form.one('device_code') ?? '', programs.keys.deviceCode);
  const code = schema.safeParse(shown).data;
  if (code === undefined) throw invalidGrant('not a device code of ours');
  if (code.client !== client) throw invalidGrant('another client');
  if (code.until <= now()) throw new HttpError('expired_token');
  if (await devices.isTooSoon(code)) throw new HttpError('slow_down');
  const request = await devices.get(code.userCode);
  if (request?.id !== code.id) throw new HttpError('expired_token', { detail: 'redeemed, or forgotten' });
  if (request.verdict === 'none') throw new HttpError('authorization_pending');
  if (request.verdict === 'refused') throw new HttpError('access_denied', { detail: 'the person refused' });
  const { session } = request.verdict;
  if (!(await store.useOnce('code', code.id, request.until)))
    throw invalidGrant('used already', session.email);
  await devices.drop(code.userCode);
  const { resource, scopes } = request;
  return delegate(session, { client, resource, scopes, family: await store.newSid() });
}
