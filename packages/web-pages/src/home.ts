import type { Page } from './page.ts';
import { providerActions } from './sign-in.ts';
import type { ProviderLink } from './sign-in.ts';

type HomeInput = {
  /** Who is signed in, and where they see their sessions and can sign out; without it the page offers the providers. */
  readonly session?:
    { readonly email: string; readonly signOutHref: string; readonly sessionsHref: string } | undefined;
  readonly providers: readonly ProviderLink[];
  readonly requestId?: string | undefined;
};

/** The front page of auth, for those who come without an application in mind. */
export function homePage({ session, providers, requestId }: HomeInput): Page {
  if (session === undefined) {
    return {
      title: 'Latchkey',
      heading: 'Welcome',
      paragraphs: [
        'This is the sign-in for all internal applications. Sign in here, or open an application and you will be brought back.',
      ],
      actions: providerActions(providers),
      requestId,
      mood: 'plain',
    };
  }
  return {
    title: 'Latchkey',
    heading: 'You are signed in',
    paragraphs: ['Open any application that you may use: it knows you already.'],
    facts: [['Signed in as', session.email]],
    actions: [
      { label: 'Your sessions', href: session.sessionsHref },
      { label: 'Sign out', href: session.signOutHref },
    ],
    requestId,
    mood: 'done',
  };
}
