import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { Account } from './accounts.ts';
import type { Behaviour } from './behaviour.ts';
import { readForm } from './form-body.ts';
import { escapeHtml, sendPage } from './page.ts';

/** Where the sign-in pages are: `/sign-in/<id of the attempt>`. */
export const signInPath = '/sign-in/';

export type SignInContext = { provider: Provider; accounts: readonly Account[]; behaviour: Behaviour };

/** The sign-in page: one button per account, no password. Also takes the answer, and hands over to oidc-provider. */
export async function handleSignIn(
  { provider, accounts, behaviour }: SignInContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const attempt = await provider.interactionDetails(request, response).catch(() => undefined);
  if (!attempt) {
    sendPage(response, 400, {
      title: 'This sign-in is over',
      text: 'It was finished already, or it took too long. Go back to the application and start again.',
    });
    return;
  }
  if (request.method !== 'POST') {
    sendChooser(response, 200, accounts, 'This provider is for the demo and the tests: no passwords.');
    return;
  }

  const choice = (await readForm(request)).get('account');
  if (choice === '') {
    const refusal = { error: 'access_denied', error_description: 'the person chose not to sign in' };
    await provider.interactionFinished(request, response, refusal);
    return;
  }
  const account = accounts.find(({ sub }) => sub === choice);
  if (!account) {
    sendChooser(response, 400, accounts, 'There is no such account.');
    return;
  }
  if (behaviour.disabled.has(account.email)) {
    sendChooser(response, 403, accounts, `The account ${account.email} is switched off.`);
    return;
  }
  const returnTo = await provider.interactionResult(request, response, {
    login: { accountId: account.sub, amr: ['pwd'] },
  });
  await forgetOtherAccount(provider, request, response, account.sub);
  response.writeHead(303, { location: returnTo }).end();
}

/**
 * oidc-provider would sign the earlier account out through a page that posts itself with a script. Nobody else's
 * session hangs on it here, so the provider's session simply changes hands.
 */
async function forgetOtherAccount(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  sub: string,
): Promise<void> {
  const session = await provider.Session.get(provider.createContext(request, response));
  if (session.accountId === undefined || session.accountId === sub) return;
  session.accountId = undefined;
  session.authorizations = undefined;
  await session.persist();
}

function sendChooser(
  response: ServerResponse,
  status: number,
  accounts: readonly Account[],
  text: string,
): void {
  const buttons = accounts.map(
    ({ sub, email }) => `<button name="account" value="${escapeHtml(sub)}">${escapeHtml(email)}</button>`,
  );
  buttons.push('<button class="quiet" name="account" value="">Do not sign in</button>');
  sendPage(response, status, {
    title: 'Choose an account',
    text,
    form: `<form method="post">\n${buttons.join('\n')}\n</form>`,
  });
}
