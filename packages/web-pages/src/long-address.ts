import type { PageAction, Page, thisAddress } from './page.ts';

type LongAddress = {
  /** where the other tab begins: an `http(s)` URL or a path */
  readonly signInHref: string;
  /** what the person wants to open */
  readonly href: string | typeof thisAddress | undefined;
};

/**
 * What to say and to press where an address is too long for a link or a cookie to lead back to it after the sign-in: the tab
 * that the person has keeps it, while they sign in in another one.
 */
export function longAddress({ signInHref, href }: LongAddress): {
  readonly paragraphs: readonly string[];
  readonly actions: readonly PageAction[];
} {
  const open: PageAction[] = href === undefined ? [] : [{ label: 'Open the page that I asked for', href }];
  return {
    paragraphs: [
      'The address that you asked for is too long to be kept during the sign-in. Sign in in a new tab, then come back to this one and open it from here: nothing of it is lost.',
    ],
    actions: [{ label: 'Sign in in a new tab', newTab: signInHref, primary: true }, ...open],
  };
}

/** The same as a page of its own, on the way to the sign-in. */
export function longAddressPage({
  requestId,
  ...address
}: LongAddress & { readonly requestId: string }): Page {
  const title = 'Sign in in a new tab';
  return { title, heading: title, ...longAddress(address), requestId, mood: 'plain' };
}
