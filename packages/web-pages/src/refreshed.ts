import { inlineScript } from './document.ts';
import type { Page } from './page.ts';

// Only a page of this very origin hears either. A provider's page on the way may have cut the window off from its opener
// (Cross-Origin-Opener-Policy); the channel is open all the same.
const script = inlineScript(`
const message = { type: 'latchkey:session_renewed' };
opener?.postMessage(message, location.origin);
new BroadcastChannel('latchkey').postMessage(message);
close();
`);

/** The page of a small window in which a session was renewed: it says so to the page that opened it, and closes itself. */
export function refreshedPage({ email, requestId }: { email: string; requestId: string }): Page {
  return {
    title: 'Signed in',
    heading: 'You are signed in',
    paragraphs: ['You can close this window and go on where you were.'],
    facts: [['Signed in as', email]],
    requestId,
    mood: 'done',
    script,
  };
}
