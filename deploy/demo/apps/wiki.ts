import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendPage } from './page.ts';

const pages = `<article>
<h2>Coffee machine, third floor</h2>
<p>Descale it on the first Monday of the month. The blinking drop does not mean water, it means beans. Nobody knows why.</p>
</article>
<article>
<h2>How we deploy</h2>
<p>Any day but Friday after lunch. Watch the graphs for ten minutes, then write one line in the release notes: what a user will notice.</p>
</article>
<article>
<h2>On call, week by week</h2>
<p>Handover is Wednesday at ten. Bring the one alert you would like to see gone, and who is going to make it go away.</p>
</article>`;

/** A page for the engineers. */
export function wiki(request: IncomingMessage, response: ServerResponse): void {
  sendPage(request, response, 'wiki', {
    title: 'Engineering wiki',
    lead: 'For the group engineering@example.com. You did not have to sign in again to get here.',
    body: pages,
  });
}
