import type { IncomingMessage } from 'node:http';
import { escapeHtml } from './page.ts';

/** What a proxy may say about a person and a request. Applications often read `-` and `_` alike, so both are shown. */
const fromGate = /^(x[-_](forwarded|latchkey)[-_].*|x[-_]request[-_]id|(gap|sso)[-_]signature|kid)$/;

/** The part of {@link fromGate} that names a person. */
const namesPerson = /^x[-_](forwarded[-_](user|email|groups|access[-_]token)|latchkey[-_].*)$/;

/** A table of every header that says something about who is asking and from where, exactly as it arrived. */
export function identityTable(request: IncomingMessage): string {
  const received = Object.entries(request.headers).filter(([name]) => fromGate.test(name));
  const rows = received.map(
    ([name, value]) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(String(value))}</td></tr>`,
  );
  const nobody = received.some(([name]) => namesPerson.test(name))
    ? ''
    : '<p>None of them says who you are.</p>';
  return rows.length === 0 ? '<p>No such header.</p>' : `${nobody}<table>\n${rows.join('\n')}\n</table>`;
}
