import { plainAddress } from '@latchkey/networks';
import { testLinearTime } from '@latchkey/testing/linear-time';
import {
  authenticatesConnection,
  basicCredentials,
  canonicalAuthority,
  canonicalPath,
  canonicalRequest,
  hasMorePairs,
  isPreflight,
  isSameOrigin,
  mayBeRedirected,
  mostQueryPairs,
  trustPeers,
} from './index.ts';

const trust = trustPeers(['10.0.0.0/8', '::ffff:127.0.0.0/104']);

function read(rawHeaders: string[], url = '/'): unknown {
  const received = { method: 'GET', url, headers: {}, rawHeaders, socket: { remoteAddress: '127.0.0.1' } };
  return canonicalRequest(received, { read: (req) => trust.read(req as never) });
}

testLinearTime([
  // where a request goes
  ['a Host header', canonicalAuthority],
  ['credentials', (text) => basicCredentials(`Basic ${text}`)],
  ['a path', (text) => canonicalPath(`/${text}`)],
  ['a path of 8 KiB', (text) => canonicalPath(`/${text.slice(0, 8_191)}`)],
  ['a request target', (text) => read(['Host', 'wiki.example.com'], `/${text}`)],
  ['the number of pairs', (text) => hasMorePairs(text, mostQueryPairs)],
  // who sends it
  ['X-Forwarded-For', (text) => read(['Host', 'wiki.example.com', 'X-Forwarded-For', text])],
  ['an address', plainAddress],
  ['X-Forwarded-Proto', (text) => read(['Host', 'wiki.example.com', 'X-Forwarded-Proto', text])],
  // what kind of request it is
  ['Accept', (text) => mayBeRedirected('GET', { accept: text })],
  ['Fetch Metadata', (text) => mayBeRedirected('GET', { 'sec-fetch-mode': text, 'sec-fetch-dest': text })],
  ['Origin', (text) => isSameOrigin({ origin: text }, 'https://wiki.example.com')],
  ['a preflight', (text) => isPreflight('OPTIONS', { origin: text, 'access-control-request-method': text })],
  ['who authenticates a connection', (text) => authenticatesConnection(['Authorization', text])],
  ['an NTLM of many', (text) => authenticatesConnection(['Authorization', `NTLM${text}NTLM`])],
]);
