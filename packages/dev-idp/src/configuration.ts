import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import {
  errors,
  interactionPolicy,
  type Configuration,
  type JWK,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import type { Account } from './accounts.ts';
import type { Behaviour, EndpointName } from './behaviour.ts';
import type { Journal } from './journal.ts';
import { memoryAdapter } from './memory-adapter.ts';
import { pageHeaders, renderPage } from './page.ts';
import { signInPath } from './sign-in.ts';

/** An application that may send people here. It authenticates with its secret in the body (`client_secret_post`). */
export type DevClient = {
  clientId: string;
  clientSecret: string;
  redirectUris: string[];
  postLogoutRedirectUris?: string[];
  /** Where it sends news of sessions that have ended here. */
  backchannelLogoutUri?: string;
};

/** Where oidc-provider's own endpoints are. */
export const paths: Record<EndpointName, string> = {
  authorization: '/authorize',
  token: '/token',
  userinfo: '/userinfo',
  revocation: '/revoke',
  endSession: '/end-session',
  jwks: '/jwks',
  discovery: '/.well-known/openid-configuration',
};

/** Brings a logout token, as a form, to an application; gives the status of its answer. */
export type Deliver = (uri: string, form: string) => Promise<number>;

const day = 24 * 60 * 60;

/** oidc-provider's configuration: everything in memory, or in a journal too; fresh keys; consent given by signing in. */
export async function providerConfiguration(
  clients: readonly DevClient[],
  accounts: readonly Account[],
  options: {
    behaviour: Behaviour;
    deliver: Deliver | undefined;
    journal: Journal | undefined;
  },
): Promise<Configuration> {
  const { behaviour, deliver, journal } = options;
  const { signing, cookies } = await (journal?.once(freshKeys) ?? freshKeys());
  return {
    adapter: (kind) => memoryAdapter(journal?.storeOf(kind)),
    jwks: { keys: [signing] },
    cookies: {
      keys: [cookies],
      // Cookies do not know about ports: everything on 127.0.0.1 sees these.
      names: { session: 'dev_idp_session', interaction: 'dev_idp_sign_in', resume: 'dev_idp_resume' },
    },
    clients: clients.map((client) => ({
      client_id: client.clientId,
      client_secret: client.clientSecret,
      redirect_uris: client.redirectUris,
      post_logout_redirect_uris: client.postLogoutRedirectUris ?? [],
      ...(client.backchannelLogoutUri !== undefined && {
        backchannel_logout_uri: client.backchannelLogoutUri,
        backchannel_logout_session_required: true,
      }),
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_post',
    })),
    findAccount: (_context, sub) => findAccount(accounts, behaviour, sub),
    claims: {
      openid: ['sub', 'amr', 'groups', 'cognito:groups'],
      email: ['email', 'email_verified'],
      profile: ['name'],
    },
    scopes: ['openid', 'email', 'profile', 'offline_access'],
    // Identity in the ID token too, as Google does; oidc-provider would keep it for userinfo.
    conformIdTokenClaims: false,
    loadExistingGrant: grantWhatIsAsked,
    issueRefreshToken: async () => behaviour.refreshTokens,
    expiresWithSession: async () => false,
    rotateRefreshToken: () => behaviour.rotateRefreshTokens,
    pkce: { required: () => true },
    interactions: { policy: signInPolicy(behaviour), url: (_context, { uid }) => `${signInPath}${uid}` },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      backchannelLogout: { enabled: deliver !== undefined },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
    },
    // oidc-provider itself would call no address of this machine.
    ...(deliver !== undefined && {
      fetch: async (uri, { body } = {}) =>
        new Response(null, {
          status: await deliver(
            uri instanceof Request ? uri.url : uri.toString(),
            body instanceof URLSearchParams ? body.toString() : '',
          ),
        }),
    }),
    renderError(context, { error, error_description: description }) {
      sendKoaPage(context, {
        title: 'That did not work',
        text: [error, description].filter(Boolean).join(': '),
      });
    },
    routes: {
      authorization: paths.authorization,
      token: paths.token,
      userinfo: paths.userinfo,
      revocation: paths.revocation,
      end_session: paths.endSession,
      jwks: paths.jwks,
    },
    ttl: {
      AccessToken: () => behaviour.accessTokenSeconds,
      AuthorizationCode: 60,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: 14 * day,
      Grant: 14 * day,
      Session: 14 * day,
    },
  };
}

async function freshKeys(): Promise<{ signing: JWK; cookies: string }> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return {
    signing: { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' },
    cookies: randomBytes(32).toString('base64url'),
  };
}

function findAccount(accounts: readonly Account[], behaviour: Behaviour, sub: string) {
  const account = accounts.find((candidate) => candidate.sub === sub);
  if (!account || behaviour.disabled.has(account.email)) return undefined;
  return { accountId: sub, claims: (use: string) => claimsOf(account, use, behaviour) };
}

function claimsOf(account: Account, use: string, behaviour: Behaviour) {
  const { groups, ...person } = account;
  const place = use === 'id_token' ? 'id token' : 'userinfo';
  if (place === 'id token' && behaviour.thinIdToken) return { sub: account.sub };
  const verified = account.email_verified && !behaviour.unverifiedEmail;
  return {
    ...person,
    email_verified: place === 'userinfo' && behaviour.textAtUserinfo ? String(verified) : verified,
    ...(['both', place].includes(behaviour.groupsAt) && { [behaviour.groupsClaim]: groups }),
  };
}

async function grantWhatIsAsked({ oidc }: KoaContextWithOIDC) {
  const { client, session, provider } = oidc;
  if (!client || !session?.accountId) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope([...oidc.requestParamScopes].join(' '));
  await grant.save();
  return grant;
}

/** oidc-provider's own policy without a consent page, and with the two ways in which this provider can refuse. */
function signInPolicy(behaviour: Behaviour) {
  const { Check, base } = interactionPolicy;
  const policy = base();
  policy.remove('consent');
  const login = policy.get('login');
  login?.checks.add(
    new Check('everybody_refused', 'nobody may sign in', () => {
      if (behaviour.denyAuthorization) throw new errors.AccessDenied('nobody may sign in');
      return Check.NO_NEED_TO_PROMPT;
    }),
  );
  login?.checks.add(
    new Check(
      'account_disabled',
      'the account is switched off',
      ({ oidc }) => oidc.session?.accountId !== undefined && oidc.account === undefined,
    ),
  );
  return policy;
}

function logoutSource(context: KoaContextWithOIDC, form: string): void {
  const button = '<button name="logout" value="yes" form="op.logoutForm">Sign out</button>';
  sendKoaPage(context, {
    title: 'Sign out of the demo provider?',
    text: 'Applications stay as they are.',
    form: form + button,
  });
}

function postLogoutSuccessSource(context: KoaContextWithOIDC): void {
  sendKoaPage(context, { title: 'Signed out', text: 'The demo provider has forgotten you.' });
}

function sendKoaPage(context: KoaContextWithOIDC, page: Parameters<typeof renderPage>[0]): void {
  context.set(pageHeaders);
  context.body = renderPage(page);
}
