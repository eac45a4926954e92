import { replyHtml } from '@latchkey/http';
import type { ServerResponse } from 'node:http';
import { renderPage } from './page.ts';
import type { PageFact, Page } from './page.ts';

type SignOutInput = {
  readonly email?: string | undefined;
  /** Where the confirmation is posted: an `http(s)` URL or a path. */
  readonly action: string;
  /** Hidden fields of the form. */
  readonly fields: Readonly<Record<string, string>>;
  /** The application that the person comes from: its host, and where they stay if they do not sign out. */
  readonly application?: { readonly host: string; readonly href: string } | undefined;
  /** Where they see the sessions that they have in other browsers. */
  readonly sessionsHref?: string | undefined;
  readonly requestId?: string | undefined;
};

/** Asks before signing out, so that no link or image on another site can do it. */
export function signOutPage({
  email,
  action,
  fields,
  application,
  sessionsHref,
  requestId,
}: SignOutInput): Page {
  const facts: PageFact[] = [];
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
      ...(sessionsHref === undefined ? [] : [{ label: 'Other browsers of yours', href: sessionsHref }]),
    ],
    requestId,
    mood: 'plain',
  };
}

/** Where a person signs out at their provider: its name, and an `http(s)` URL. */
export type ProviderSignOut = {
  readonly name: string;
  readonly href: string;
  /** whether they are led there unasked */
  readonly always: boolean;
};

type SignedOutInput = {
  /** They signed out of every browser that they were signed in with. */
  readonly everywhere?: boolean | undefined;
  readonly signInHref?: string | undefined;
  /** Providers that remember the person still, where they can be made to forget. */
  readonly waysOut?: readonly ProviderSignOut[] | undefined;
  /** The provider that was asked to sign the person out as well, once it has sent them back. */
  readonly askedAt?: string | undefined;
  readonly requestId?: string | undefined;
};

const closedHere =
  'Every application is closed to this browser until somebody signs in again. Those on other domains notice within a minute or so.';
const closedEverywhere =
  'Every application is closed to this browser and to all others in which you were signed in. They notice within a minute or so.';

/** Says that the sign-out is done, and what it did not do. */
export function signedOutPage({
  everywhere = false,
  signInHref,
  waysOut = [],
  askedAt,
  requestId,
}: SignedOutInput): Page {
  const atProvider =
    askedAt === undefined
      ? 'On a shared computer, sign out at your provider as well: it may still remember you.'
      : `${askedAt} was asked to sign you out as well.`;
  return {
    title: 'You are signed out',
    heading: everywhere ? 'You are signed out everywhere' : 'You are signed out',
    paragraphs: [everywhere ? closedEverywhere : closedHere, atProvider],
    actions: [
      ...waysOut.map(({ name, href, always }) => ({
        label: `Sign out at ${name}, too`,
        href,
        primary: always,
      })),
      ...(signInHref === undefined ? [] : [{ label: 'Sign in again', href: signInHref }]),
    ],
    requestId,
    mood: 'done',
  };
}

/**
 * Answers with that page. Where there is one provider that people are always led to, it is left at once: not by a redirect, which
 * a browser would take for one of the form and stop where the provider redirects further (`form-action`).
 */
export function replySignedOut(res: ServerResponse, input: SignedOutInput): void {
  const { body, headers } = renderPage(signedOutPage(input));
  const [only, ...others] = input.waysOut ?? [];
  const onward = only?.always === true && others.length === 0 && { refresh: `0; url=${only.href}` };
  replyHtml(res, 200, { body, headers: { ...headers, ...onward } });
}
