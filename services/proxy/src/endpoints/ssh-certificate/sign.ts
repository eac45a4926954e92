import { auditedSession } from '@latchkey/contract';
import type { ErrorCode } from '@latchkey/contract';
import { HttpError, readJson, replyJson } from '@latchkey/http';
import { PrincipalError, principalsOf, readUserKey, signSshCertificate } from '@latchkey/identity';
import type { Emit } from '@latchkey/telemetry';
import type { SshCertificate } from '@latchkey/upstreams';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { KnownSession } from '../../authn/session-state.ts';
import { recordOf } from '../../exchange.ts';
import { refuseWithoutRedirect } from '../../respond/refuse-without-redirect.ts';
import type { ProxyEvent } from '../../telemetry/events.ts';
import type { AuthorizeCaller } from '../authorize-caller.ts';
import { ownRequestOf } from '../own-request.ts';
import { readAuthority } from './authority.ts';

const longestBody = 4 * 1024;
const lifetimeSeconds = 300;
// Clocks differ, and sshd takes a certificate of the future for none.
const skewSeconds = 60;

const body = z.object({ public_key: z.string() });

type Signed = {
  readonly certificate: string;
  readonly keyId: string;
  readonly principals: readonly string[];
};

/**
 * `POST /oauth2/ssh-certificate` on the host of a route with `ssh_certificate`: a person who may open a connection there gets a
 * certificate for a key that they have just made, good for five minutes.
 */
export function createSignSshCertificate(parts: {
  readonly authorizeCaller: AuthorizeCaller;
  /** whether nothing may be given out, because it could not be written down */
  readonly mustRefuse: () => boolean;
  readonly now: () => number;
  readonly emit: Emit<ProxyEvent>;
}): (req: Request, res: Response) => Promise<void> {
  return async function signCertificate(req, res) {
    const { route, exchange } = ownRequestOf(res);
    const authorized = await parts.authorizeCaller(req, res);
    exchange.decision = authorized.decision;
    if (!authorized.decision.allow) return refuseWithoutRedirect(exchange, authorized);
    const { identified } = authorized;
    const emitOutcome = (outcome: 'done' | ErrorCode, certified?: Signed) =>
      parts.emit({ kind: 'ssh_certificate', outcome, certified, record: recordOf(exchange) });
    try {
      if (parts.mustRefuse()) throw new HttpError('audit_unavailable');
      if (identified.kind !== 'person') throw noPrincipal('it is no person');
      if (route.sshCertificate === undefined) throw new HttpError('not_found');
      const read = body.safeParse(await readJson(req, longestBody));
      const key = read.success ? readUserKey(read.data.public_key) : undefined;
      if (key === undefined)
        throw new HttpError('bad_request', { detail: 'it holds no public key of Ed25519' });
      const second = Math.floor(parts.now() / 1000);
      const until = Math.min(second + lifetimeSeconds, identified.session.session.exp);
      const signed = signFor(identified.session, route.sshCertificate, {
        key,
        from: second - skewSeconds,
        until,
      });
      replyJson(res, 200, {
        certificate: signed.certificate,
        principals: signed.principals,
        expires_at: new Date(until * 1000).toISOString(),
      });
      emitOutcome('done', signed);
    } catch (error) {
      if (error instanceof HttpError) {
        exchange.detail = error.detail ?? error.code;
        emitOutcome(error.code);
      }
      throw error;
    }
    return undefined;
  };
}

function signFor(
  { session, state: { person } }: KnownSession,
  { keyFile, principals: templates }: SshCertificate,
  about: { readonly key: Uint8Array; readonly from: number; readonly until: number },
): Signed {
  const authority = readAuthority(keyFile);
  if (typeof authority === 'string') {
    throw new HttpError('ssh_authority', { detail: `ca_key_file ${authority}` });
  }
  try {
    const principals = principalsOf(templates, { email: person.email, user: session.user });
    const keyId = keyIdOf({ ...session, email: person.email });
    const certificate = signSshCertificate(authority, { ...about, keyId, principals });
    return { certificate, keyId, principals };
  } catch (error) {
    throw error instanceof PrincipalError ? noPrincipal(error.message) : error;
  }
}

// What the log of sshd says of them, and of our own log: it goes there as it is, and what an account is called is not ours.
function keyIdOf({ email, sub, sid }: { email: string; sub: string; sid: string }): string {
  return `${plain(email)} sub=${plain(sub)} session=${auditedSession(sid)}`;
}

function noPrincipal(detail: string): HttpError {
  return new HttpError('ssh_principal', { detail });
}

function plain(text: string): string {
  return text.replaceAll(/[^\w.@+|:-]/g, '?').slice(0, 128);
}
