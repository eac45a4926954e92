import { describe, expect, test } from '@jest/globals';
import { errors } from '@latchkey/contract';
import type { ErrorCode } from '@latchkey/contract';
import { errorPage } from './error.ts';
import { homePage } from './home.ts';
import type { Page } from './page.ts';
import { renderPage } from './page.ts';
import { signInPage } from './sign-in.ts';
import { signedOutPage, signOutPage } from './sign-out.ts';

const requestId = 'req-4f1c';
const google = { name: 'Google', href: '/google/start' };
const okta = { name: 'Okta', href: '/okta/start' };
const session = {
  email: 'engineer@example.com',
  sessionsHref: '/account',
  signOutHref: '/google/sign_out',
};

const isCode = (name: string): name is ErrorCode => name in errors;
const codes = Object.keys(errors).filter(isCode);

const everyPage: [string, Page][] = [
  ['sign in', signInPage({ providers: [google, okta], application: 'wiki.example.com', requestId })],
  ['sign in after signing out', signInPage({ providers: [google], signedOut: true, requestId })],
  ['sign out', signOutPage({ email: session.email, action: '/google/sign_out', fields: {}, requestId })],
  ['signed out', signedOutPage({ signInHref: '/', requestId })],
  ['home', homePage({ providers: [google], requestId })],
  ['home, signed in', homePage({ session, providers: [google], requestId })],
  ...codes.map((code): [string, Page] => [code, errorPage({ code, requestId })]),
];

describe('every page', () => {
  test.each(everyPage)('%s shows its reference and stays under 8 KB', (_name, page) => {
    const { body } = renderPage(page);

    expect(body).toContain(`Reference: <code>${requestId}</code>`);
    expect(Buffer.byteLength(body)).toBeLessThan(8192);
  });
});

describe('the sign-in page', () => {
  test('names the application and has a button per provider', () => {
    const page = signInPage({ providers: [google, okta], application: 'wiki.example.com' });

    expect(page.heading).toBe('Sign in to wiki.example.com');
    expect(page.actions).toEqual([
      { label: 'Continue with Google', href: '/google/start', primary: false },
      { label: 'Continue with Okta', href: '/okta/start', primary: false },
    ]);
  });

  test('makes a single provider stand out', () => {
    expect(signInPage({ providers: [google] }).actions).toMatchObject([{ primary: true }]);
  });

  test('says that the person is signed out, when they are', () => {
    expect(signInPage({ providers: [google], signedOut: true }).heading).toBe('You are signed out');
  });
});

describe('signing out', () => {
  test('is asked for with a form, and says whose session it is', () => {
    const page = signOutPage({
      email: session.email,
      action: '/google/sign_out',
      fields: { redirect_uri: 'https://wiki.example.com/' },
      application: { host: 'wiki.example.com', href: 'https://wiki.example.com/' },
    });

    expect(page.facts).toEqual([
      ['Signed in as', 'engineer@example.com'],
      ['You came from', 'wiki.example.com'],
    ]);
    expect(page.actions).toMatchObject([
      { post: '/google/sign_out', fields: { redirect_uri: 'https://wiki.example.com/' } },
      { label: 'Stay signed in', href: 'https://wiki.example.com/' },
    ]);
  });

  test('ends on a page that leads back in only where it is given how', () => {
    expect(signedOutPage({ signInHref: '/again' }).actions).toMatchObject([{ href: '/again' }]);
    expect(signedOutPage({}).actions).toEqual([]);
  });

  test('leads to the providers that may be signed out of, and makes one stand out that is left to at once', () => {
    const href = 'https://acme.okta.com/logout';
    const waysOut = [{ name: 'Okta', href, always: true }];
    expect(signedOutPage({ signInHref: '/again', waysOut }).actions).toEqual([
      { label: 'Sign out at Okta, too', href, primary: true },
      { label: 'Sign in again', href: '/again' },
    ]);
    expect(signedOutPage({ askedAt: 'Okta' }).paragraphs.join()).toContain('Okta was asked to sign you out');
  });
});

describe('the home page', () => {
  test('says who is signed in', () => {
    const page = homePage({ session, providers: [google] });

    expect(page.facts).toEqual([['Signed in as', 'engineer@example.com']]);
    expect(page.actions).toEqual([
      { label: 'Your sessions', href: '/account' },
      { label: 'Sign out', href: '/google/sign_out' },
    ]);
  });

  test('offers the providers to everybody else', () => {
    expect(homePage({ providers: [google] }).actions).toMatchObject([{ label: 'Continue with Google' }]);
  });
});

describe('the error page', () => {
  test.each(codes)('%s says what the table says', (code) => {
    const { title, heading, status, paragraphs } = errorPage({ code, requestId });

    expect({ title, heading }).toEqual({ title: errors[code].title, heading: errors[code].title });
    expect(status).toBe(String(errors[code].status));
    expect(paragraphs).toEqual([errors[code].sentence]);
  });

  test('adds what is known about this very case', () => {
    const page = errorPage({
      code: 'redirect_loop',
      requestId,
      paragraphs: ['It is set for example.com only.'],
      facts: [['Missing cookie', '_sso_proxy']],
      actions: [{ label: 'Try again', href: '/d/1?x=2' }],
    });

    expect(page.paragraphs).toEqual([errors.redirect_loop.sentence, 'It is set for example.com only.']);
    expect(page.facts).toEqual([['Missing cookie', '_sso_proxy']]);
    expect(page.actions).toEqual([{ label: 'Try again', href: '/d/1?x=2' }]);
  });

  test.each([
    ['access_denied', 'refused'],
    ['not_signed_in', 'refused'],
    ['unknown_host', 'plain'],
    ['upstream_timeout', 'broken'],
  ] as const)('%s looks %s', (code, mood) => {
    expect(errorPage({ code, requestId }).mood).toBe(mood);
  });
});
