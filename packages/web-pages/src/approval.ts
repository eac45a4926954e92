import { replyHtml } from '@latchkey/http';
import type { ServerResponse } from 'node:http';
import { renderPage } from './page.ts';
import type { PageFact, Page } from './page.ts';

type ApprovalInput = {
  /** What the program is called. */
  readonly program: string;
  /** What it says of itself, where that is something else. */
  readonly callsItself?: string | undefined;
  /** Host of the application that it wants to use. */
  readonly application: string;
  readonly scopes: readonly string[];
  readonly email: string;
  /** Where the buttons post to, and what they bring along. */
  readonly action: string;
  readonly approval: string;
  readonly somebodyElseHref: string;
  /** The code that the program shows, where it is on another device. */
  readonly code?: string | undefined;
  /** Host of the address that the answer is sent to, where that is not this computer. */
  readonly returnsTo?: string | undefined;
  /** From where it asked. */
  readonly address?: string | undefined;
  readonly requestId?: string | undefined;
};

/** Asks a person whether a program may act for them. */
export function approvalPage({
  program,
  callsItself,
  application,
  scopes,
  email,
  action,
  approval,
  somebodyElseHref,
  code,
  returnsTo,
  address,
  requestId,
}: ApprovalInput): Page {
  const asked =
    code === undefined
      ? `A program ${returnsTo === undefined ? 'on this computer' : 'somewhere else'} asks to use this application as you. Approve only if you have started it yourself.`
      : 'A program asks to use this application as you. Approve only if you have started it yourself, and it shows this very code. If somebody has sent you the code or this page, refuse: they would get in as you.';
  const facts: PageFact[] = [
    ...(code === undefined ? [] : [['Code', code] as const]),
    ['Program', program],
    ...(callsItself === undefined ? [] : [['It calls itself', callsItself] as const]),
    ...(returnsTo === undefined ? [] : [['It is at', returnsTo] as const]),
    ['Application', application],
    ['Asks for', scopes.length === 0 ? 'what you may do there' : scopes.join(', ')],
    ...(address === undefined ? [] : [['Asks from', address] as const]),
    ['Signed in as', email],
  ];
  const answer = (decision: string) => ({ post: action, fields: { approval, decision } });
  return {
    title: 'Let a program in?',
    heading: 'Let this program in?',
    paragraphs: [asked, 'It stays in until you sign out, or your sign-in is over.'],
    facts,
    actions: [
      { label: 'Approve', ...answer('approve'), primary: true },
      { label: 'Refuse', ...answer('refuse') },
      { label: 'Sign in as somebody else', href: somebodyElseHref },
    ],
    requestId,
    mood: 'plain',
  };
}

type AnsweredInput = {
  readonly isApproved: boolean;
  readonly program: string;
  readonly application: string;
  /** Where the program waits for the answer. */
  readonly href?: string | undefined;
  readonly requestId?: string | undefined;
};

/** Says what a person has answered. */
export function answeredPage({ isApproved, program, application, href, requestId }: AnsweredInput): Page {
  return {
    title: isApproved ? 'The program is in' : 'The program was refused',
    heading: isApproved ? 'The program is in' : 'The program was refused',
    paragraphs: ['You may close this page, and go on where you started the program.'],
    facts: [
      ['Program', program],
      ['Application', application],
    ],
    actions: href === undefined ? [] : [{ label: 'Back to the program', href, primary: true }],
    requestId,
    mood: isApproved ? 'done' : 'refused',
  };
}

/**
 * Answers with that page, and leaves it at once for the program. Not by a redirect: a browser holds that to the `form-action` of the
 * page with the button, which cannot name an address like `[::1]`.
 */
export function replyAnswered(res: ServerResponse, input: AnsweredInput & { readonly href: string }): void {
  const { body, headers } = renderPage(answeredPage(input));
  replyHtml(res, 200, { body, headers: { ...headers, refresh: `0; url=${input.href}` } });
}

type UserCodeInput = {
  readonly action: string;
  /** The code that was typed is none that a program waits for. */
  readonly isUnknown: boolean;
  readonly email: string;
  readonly requestId?: string | undefined;
};

/** Asks for the code that a program shows. */
export function userCodePage({ action, isUnknown, email, requestId }: UserCodeInput): Page {
  return {
    title: 'Let a program in',
    heading: isUnknown ? 'No program waits for this code' : 'Which program?',
    paragraphs: [
      isUnknown
        ? 'It may be mistyped, used already, or older than ten minutes. Look at what the program shows, and type it again.'
        : 'Type the code that the program shows, if you have started it yourself.',
    ],
    facts: [['Signed in as', email]],
    actions: [
      {
        label: 'Go on',
        post: action,
        fields: {},
        ask: { name: 'user_code', label: 'Code', example: 'WDJB-MJHT' },
        primary: true,
      },
    ],
    requestId,
    mood: 'plain',
  };
}
