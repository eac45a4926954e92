import { testLinearTime } from '@latchkey/testing/linear-time';
import {
  attemptCookies,
  cookieNames,
  cookieValues,
  deriveKeys,
  isCodeRequest,
  isOwnCookie,
  openSession,
  openSignOutHint,
  refuseReturnAddress,
  withoutCookies,
} from './index.ts';

const keys = deriveKeys(['secret'], 'session');
const isOurs = (name: string) => isOwnCookie(name, '_sso_proxy');
const attempts = attemptCookies({ keys, scope: { secure: true }, now: Date.now });

testLinearTime([
  ['the cookies of a name', (text) => cookieValues(text, 'name')],
  ['the names of cookies', cookieNames],
  ['a Cookie header without ours', (text) => withoutCookies(text, isOurs)],
  ['the name of a cookie', isOurs],
  ['a session cookie', (text) => openSession(text, keys)],
  ['a short session cookie', (text) => openSession(text.slice(0, 4_096), keys)],
  ['the attempts of a browser', (text) => attempts.find(text, text)],
  ['a request for a code', (text) => isCodeRequest({ state: text, codeChallenge: text })],
  [
    'a signed return address',
    (text) => refuseReturnAddress({ redirect_uri: text, ts: text, sig: text }, keys, Date.now()),
  ],
  [
    'the signature of one',
    (text) => refuseReturnAddress({ redirect_uri: text, ts: '1', sig: text }, keys, 0),
  ],
  [
    'the providers of one',
    (text) => refuseReturnAddress({ redirect_uri: 'x', ts: '1', providers: text, sig: 'x' }, keys, 0),
  ],
  ['a hint at sign-out', (text) => openSignOutHint(text, keys, 0)],
]);
