import type { IncomingMessage, ServerResponse } from 'node:http';
import { identityTable } from './identity.ts';
import { sendPage } from './page.ts';

/** A page of an application that nothing but the connector beside it can reach. */
export function intranet(request: IncomingMessage, response: ServerResponse): void {
  sendPage(request, response, 'intranet', {
    title: 'The intranet',
    lead: 'This application listens on no port. Only the connector beside it reaches it, through a Unix socket.',
    body: `<section>
<h2>How you got here</h2>
<p>The connector has dialed out to the proxy. Your request went to the proxy, came down that connection, and was let through because the connector itself had checked the signature that says who you are. Nothing can dial in.</p>
</section>
<section>
<h2>What it knows about you</h2>
${identityTable(request)}
</section>`,
  });
}
