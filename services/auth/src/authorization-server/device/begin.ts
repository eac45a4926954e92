import { authorizationServerPaths } from '@latchkey/contract';
import { HttpError, limitedBy, replyJson } from '@latchkey/http';
import { randomUUID } from 'node:crypto';
import type { ReturnRules } from '../../sign-in/return-address.ts';
import type { Handler } from '../../web/locals.ts';
import { formParameters } from '../../web/parameters.ts';
import { readRequestedAccess } from '../requested-access.ts';
import type { Programs } from '../programs.ts';
import { sealDeviceCode } from './redeem.ts';
import { intervalSeconds } from './requests.ts';
import type { DeviceRequests } from './requests.ts';
import { newUserCode, userCodeText } from './user-code.ts';

// For finding another device, and signing in there.
const lifeSeconds = 600;

/** `POST /oauth2/device_authorization` (RFC 8628, section 3.1): a program gets a code for a person to type. */
export function beginDevice(parts: {
  readonly programs: Programs;
  readonly devices: Pick<DeviceRequests, 'put' | 'areTooManyFrom'>;
  readonly returns: ReturnRules;
  readonly origin: string;
  readonly now: () => number;
}): Handler {
  return async function answerDevice(req, res) {
    const { line } = res.locals;
    const form = formParameters(req.body);
    const client = await parts.programs.clients.idOf(form.one('client_id'));
    const asked = readRequestedAccess(form, parts.returns);
    line.application = new URL(asked.resource).host;
    const address = limitedBy(req, line.client ?? '');
    if (address !== undefined && (await parts.devices.areTooManyFrom(address))) {
      throw new HttpError('too_many_requests');
    }
    const [id, userCode] = [randomUUID(), newUserCode()];
    const until = parts.now() + lifeSeconds * 1000;
    await parts.devices.put(userCode, { id, client, ...asked, address: line.client, until, verdict: 'none' });
    const page = new URL(authorizationServerPaths.device, parts.origin);
    const filled = new URL(page);
    filled.searchParams.set('user_code', userCodeText(userCode));
    replyJson(res, 200, {
      device_code: await sealDeviceCode({ id, userCode, client, until }, parts.programs.keys.deviceCode),
      user_code: userCodeText(userCode),
      verification_uri: page.href,
      verification_uri_complete: filled.href,
      expires_in: lifeSeconds,
      interval: intervalSeconds,
    });
  };
}
