import { isAdmitted } from '@latchkey/access';
import { attempted, testLinearTime } from '@latchkey/testing/linear-time';
import { readReturnAddress } from './sign-in/return-address.ts';
import { readTrips } from './sign-in/round-trips.ts';
import { requireClient } from './service-endpoints/client.ts';
import { formParameters, queryParameters, refuseMany } from './web/parameters.ts';

const returns = {
  proxyDomains: ['example.com'],
  ownHost: 'sso.example.com',
  ownOrigin: 'https://sso.corp.example.com',
  cookieDomain: 'example.com',
  secure: true,
};
const knownClient = requireClient({ id: 'proxy', secrets: ['secret'] }, () => Promise.resolve());

async function shown(authorization: string): Promise<unknown> {
  const res = { locals: { line: {} } };
  try {
    return await knownClient({ headers: { authorization } } as never, res as never, () => undefined);
  } catch (error) {
    return error;
  }
}

function formOf(text: string): unknown {
  refuseMany(text, 12);
  return formParameters(text).one('a');
}

testLinearTime([
  ['the counter of round trips', readTrips],
  ['a query', (text) => attempted(() => queryParameters({ url: `/?${text}` } as never).one('a'))],
  ['a form of 32 KiB', (text) => attempted(() => formOf(text.slice(0, 32 * 1024)))],
  ['credentials', (text) => shown(`Basic ${text}`)],
  ['the host of a return address', (text) => readReturnAddress(`https://${text}`, returns)],
  ['the path of a return address', (text) => readReturnAddress(`https://a.example.com/${text}`, returns)],
  ['an account', (text) => isAdmitted(text, { emailDomains: ['example.com'], emailAddresses: [] })],
]);
