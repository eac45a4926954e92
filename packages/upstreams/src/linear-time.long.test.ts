import { decide } from '@latchkey/access';
import { testLinearTime } from '@latchkey/testing/linear-time';
import { tableOf } from '../test-support/load.ts';
import { upstreamTarget } from './match/upstream-target.ts';

const table = tableOf(`
- service: public
  default:
    from: public.example.com
    to: http://app
    options:
      skip_auth_regex: ['^/foo/.*/bar$', '(a+a+)+y', '(\\w+\\s?)*[0-9]$', '(?i)(.*)foo(.*)bar$', '(([a-z]+)[./-]?)*png$']
- service: many
  default: {from: '(.*)-(.*)\\.(.*)\\.example\\.com', to: 'http://app', type: rewrite}
`);
const publicRoute = table.match('public.example.com', undefined)?.route;
if (publicRoute === undefined) throw new Error('the file has no route for public.example.com');
const { policy } = publicRoute;
const visitor = { kind: 'visitor', why: 'no_session' } as const;

testLinearTime([
  ['the host patterns of a file', (text) => table.match(text.slice(0, 253), undefined)],
  [
    'the public paths of a file',
    (text) => decide(visitor, policy, { path: `/${text.slice(0, 8_191)}`, preflight: false }),
  ],
  [
    'the path behind that of `to`',
    (text) =>
      upstreamTarget(
        { target: `/${text}`, rawPath: `/${text}`, query: '' },
        { origin: 'http://app', basePath: '/app', query: '' },
      ),
  ],
]);
