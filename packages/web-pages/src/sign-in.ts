import type { PageAction, Page } from './page.ts';

/** A provider to sign in with: the name on its button, and where the button leads (an `http(s)` URL or a path). */
export type ProviderLink = { readonly name: string; readonly href: string };

type SignInInput = {
  readonly providers: readonly ProviderLink[];
  /** Host of the application that the person wants to open. */
  readonly application?: string | undefined;
  /** The person has just signed out: say so before asking again. */
  readonly signedOut?: boolean | undefined;
  readonly requestId?: string | undefined;
};

type ConfirmInput = {
  /** Host of the application that the link leads to. */
  readonly application: string;
  /** The link itself, as a path. */
  readonly href: string;
  readonly requestId?: string | undefined;
};

/** Asks a person who they are: a button per provider. */
export function signInPage({ providers, application, signedOut = false, requestId }: SignInInput): Page {
  const request = application === undefined ? 'Sign in' : `Sign in to ${application}`;
  const again = application === undefined ? 'when you need one' : `to open ${application}`;
  return {
    title: request,
    heading: signedOut ? 'You are signed out' : request,
    paragraphs: [
      signedOut
        ? `Every application is closed to this browser. Sign in again ${again}.`
        : 'One sign-in opens every application that you may use.',
    ],
    actions: providerActions(providers),
    requestId,
    mood: signedOut ? 'done' : 'plain',
  };
}

/** Asks whether a sign-in was meant that did not begin at the application. */
export function confirmSignInPage({ application, href, requestId }: ConfirmInput): Page {
  return {
    title: `Sign in to ${application}`,
    heading: `Sign in to ${application}?`,
    paragraphs: ['A link brought you here, and not the application itself. Go on if you want to open it.'],
    actions: [{ label: 'Go on', href, primary: true }],
    requestId,
    mood: 'plain',
  };
}

/** A button per provider. Only a single one is made to stand out: between several, we have no favourite. */
export function providerActions(providers: readonly ProviderLink[]): PageAction[] {
  return providers.map(({ name, href }) => ({
    label: `Continue with ${name}`,
    href,
    primary: providers.length === 1,
  }));
}
