import type { Rendered } from './document.ts';
import { renderPage } from './page.ts';

/**
 * A page that a browser leaves at once, by itself. Where it goes, it learns the origin of this page (`Referer`), and nothing
 * else of its address: so the server that is asked there knows which host the browser has come through.
 */
export function onwardPage({ href, requestId }: { href: string; requestId: string }): Rendered {
  const { body, headers } = renderPage({
    title: 'Signing in',
    heading: 'Signing in',
    paragraphs: ['You are being sent to the sign-in.'],
    actions: [{ label: 'Go on', href, primary: true }],
    requestId,
    mood: 'plain',
  });
  return { body, headers: { ...headers, refresh: `0; url=${href}`, 'referrer-policy': 'origin' } };
}
