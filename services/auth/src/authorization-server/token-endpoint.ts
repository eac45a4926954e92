import { deviceGrantType } from '@latchkey/contract';
import { HttpError, replyJson } from '@latchkey/http';
import type { Delegation } from '@latchkey/session';
import type { RequestLine } from '@latchkey/telemetry';
import type { ReturnRules } from '../sign-in/return-address.ts';
import type { GrantKind } from '../telemetry/events.ts';
import type { Handler } from '../web/locals.ts';
import { formParameters } from '../web/parameters.ts';
import type { Parameters } from '../web/parameters.ts';
import { readResource, readScope } from './requested-access.ts';
import { redeemCode } from './code.ts';
import { redeemDeviceCode } from './device/redeem.ts';
import type { RedeemingDeviceCode } from './device/redeem.ts';
import { endFamily, giveTokens, invalidGrant } from './give-tokens.ts';
import type { GivingTokens } from './give-tokens.ts';
import { openRefreshToken } from './refresh-tokens.ts';

type AnsweringPrograms = GivingTokens &
  RedeemingDeviceCode & { readonly returns: ReturnRules; readonly mustRefuse: () => boolean };

/** What stands behind the credential of a program, and of which generation its next refresh token is. */
type Shown = {
  readonly delegation: Delegation;
  readonly generation: number;
  /** uses the credential up, when nothing else can fail: a program that got an error shows the same one again */
  readonly use?: () => Promise<void>;
};
type ReadShown = (
  form: Parameters,
  client: string,
  parts: AnsweringPrograms,
  line: RequestLine,
) => Promise<Shown>;

const kinds: ReadonlyMap<string, { readonly kind: GrantKind; readonly read: ReadShown }> = new Map([
  ['authorization_code', { kind: 'authorization_code', read: firstOf(redeemCode) }],
  [deviceGrantType, { kind: 'device_code', read: firstOf(redeemDeviceCode) }],
  ['refresh_token', { kind: 'refresh_token', read: showRefreshToken }],
]);

/** `POST /oauth2/token` for programs (RFC 6749, section 3.2), which have no credentials but what a person gave them. */
export function programTokens(parts: AnsweringPrograms): Handler {
  return async function answerProgram(req, res) {
    const { line } = res.locals;
    const form = formParameters(req.body);
    const client = await parts.programs.clients.idOf(form.one('client_id'));
    const found = kinds.get(form.one('grant_type') ?? '');
    if (found === undefined) throw new HttpError('unsupported_grant_type');
    const { kind: grant, read } = found;
    // Who has tokens already goes on, as they do with a cookie.
    if (grant !== 'refresh_token' && parts.mustRefuse()) throw new HttpError('audit_unavailable');
    let shown: Shown | undefined;
    try {
      shown = await read(form, client, parts, line);
      const { delegation, generation, use } = shown;
      const { session, resource } = delegation;
      line.user = session.email;
      line.application = new URL(resource).host;
      const scopes = narrowed(form, delegation, parts.returns);
      const tokens = await giveTokens(delegation, { generation, scopes }, parts);
      await use?.();
      await parts.programs.records.seen(delegation);
      parts.emit({ kind: 'tokens', grant, client, outcome: 'done', delegation, line });
      replyJson(res, 200, tokens);
    } catch (error) {
      if (error instanceof HttpError && !isWaiting(error)) {
        if (error.user !== undefined) line.user = error.user;
        const { code: outcome } = error;
        parts.emit({ kind: 'tokens', grant, client, outcome, delegation: shown?.delegation, line });
      }
      throw error;
    }
  };
}

// RFC 8628, section 3.5: nothing has been decided yet.
function isWaiting({ code }: HttpError): boolean {
  return code === 'authorization_pending' || code === 'slow_down';
}

function firstOf(
  redeem: (form: Parameters, client: string, parts: AnsweringPrograms) => Promise<Delegation>,
): ReadShown {
  return async (form, client, parts) => ({ delegation: await redeem(form, client, parts), generation: 0 });
}

async function showRefreshToken(
  form: Parameters,
  client: string,
  parts: AnsweringPrograms,
  line: RequestLine,
): Promise<Shown> {
  const { keys, turns } = parts.programs;
  const shown = await openRefreshToken(form.one('refresh_token') ?? '', keys.refreshToken);
  if (shown === undefined) throw invalidGrant('not a refresh token of ours');
  const { generation, ...delegation } = shown;
  const { email } = delegation.session;
  if (delegation.client !== client) throw invalidGrant('another client', email);
  async function use(): Promise<void> {
    if ((await turns.take({ ...delegation, generation })) !== 'reused') return;
    await endFamily(delegation, parts);
    parts.emit({ kind: 'tokens_ended', why: 'reused', delegation, line });
    throw invalidGrant(
      'a refresh token that was replaced came back: everything of its approval has ended',
      email,
    );
  }
  return { delegation, generation: generation + 1, use };
}

// RFC 6749, section 6, and RFC 8707, section 2.2: less than what was approved, and never something else.
function narrowed(
  form: Parameters,
  { scopes, resource }: Delegation,
  returns: ReturnRules,
): readonly string[] {
  if (form.all('resource').some((one) => readResource(one, returns) !== resource)) {
    throw new HttpError('invalid_target', { detail: 'another application than the approved one' });
  }
  const scope = form.one('scope');
  if (scope === undefined) return scopes;
  const wanted = readScope(scope);
  if (!wanted.every((one) => scopes.includes(one))) {
    throw new HttpError('invalid_scope', { detail: 'more than what was approved' });
  }
  return wanted;
}
