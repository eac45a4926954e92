import type { Fact, Page } from './page.ts';

type SignOutInput = {
  readonly email?: string | undefined;
  /** Where the confirmation is posted: an `http(s)` URL or a path. */
  readonly action: string;
  /** Hidden fields of the form. */
  readonly fields: Readonly<Record<string, string>>;
  /** The application that the person comes from: its host, and where they stay if they do not sign out. */
  readonly application?: { readonly host: string; readonly href: string } | undefined;
  readonly requestId?: string | undefined;
};

/** Asks before signing out, so that no link or image on another site can do it. */
export function signOutPage({ email, action, fields, application, requestId }: SignOutInput): Page {
  const facts: Fact[] = [];
  if (email !== undefined) facts.push(['Signed in as', email]);
  if (application !== undefined) facts.push(['You came from', application.host]);
  return {
    title: 'Sign out',
    heading: 'Sign out of every application?',
    paragraphs: [
      'You opened them with one sign-in, and they close together. Save your work in other tabs first.',
    ],
    facts,
    actions: [
      { label: 'Sign out everywhere', post: action, fields, primary: true },
      ...(application === undefined ? [] : [{ label: 'Stay signed in', href: application.href }]),
    ],
    requestId,
    mood: 'plain',
  };
}

type SignedOutInput = {
  readonly signInHref?: string | undefined;
  readonly requestId?: string | undefined;
};

/** Says that the sign-out is done, and what it did not do. */
export function signedOutPage({ signInHref, requestId }: SignedOutInput): Page {
  return {
    title: 'You are signed out',
    heading: 'You are signed out',
    paragraphs: [
      'Every application is closed to this browser until somebody signs in again. Those on other domains notice within a minute or so.',
      'On a shared computer, sign out at your provider as well: it may still remember you.',
    ],
    actions: signInHref === undefined ? [] : [{ label: 'Sign in again', href: signInHref }],
    requestId,
    mood: 'done',
  };
}
