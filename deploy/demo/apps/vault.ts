import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendPage } from './page.ts';

const secrets = `<section>
<h2>Kept here</h2>
<table>
<tr><th scope="row">Biscuit tin</th><td>third shelf, behind the toner</td></tr>
<tr><th scope="row">Guest Wi-Fi</th><td>ask-me-nicely-42</td></tr>
<tr><th scope="row">The other stapler</th><td>Fay has it</td></tr>
</table>
</section>`;

/** A page for the people of security. */
export function vault(request: IncomingMessage, response: ServerResponse): void {
  sendPage(request, response, 'vault', {
    title: 'The vault',
    lead: 'For the group security@example.com. Every secret on this page is invented.',
    body: secrets,
  });
}
