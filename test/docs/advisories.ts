/** An advisory, or several of one kind, about a system that does our job. */
export type Advisory = {
  readonly ids: readonly string[];
  /** what went wrong there, in a sentence */
  readonly wrong: string;
} & (
  | {
      /** where it is tried here, from the root and without `.test.ts` */
      readonly tests: readonly string[];
    }
  | {
      /** why it cannot reach us */
      readonly reason: string;
    }
);

const at = (name: string) => `test/advisories/${name}`;

/** All that we know of, by the system that they are about. */
export const advisories: Readonly<Record<string, readonly Advisory[]>> = {
  'oauth2-proxy': [
    {
      ids: ['CVE-2026-40575', 'GHSA-7x63-xv5r-3p2x'],
      wrong: '`X-Forwarded-Uri` of anybody said which path was meant.',
      tests: [at('cve-2026-40575')],
    },
    {
      ids: ['CVE-2026-34457', 'GHSA-5hvv-m4w4-gf6v'],
      wrong: 'The `User-Agent` of a health check needed no sign-in.',
      tests: [at('cve-2026-34457')],
    },
    {
      ids: ['oauth2-proxy#649', 'oauth2-proxy#657'],
      wrong: 'An empty `User-Agent` was that of a health check that nobody had configured.',
      tests: [at('empty-user-agent')],
    },
    {
      ids: ['CVE-2026-41059', 'GHSA-pxq7-h93f-9jrg'],
      wrong: 'A public rule was asked about a path with `#` in it, which the application cut there.',
      tests: [at('cve-2026-41059')],
    },
    {
      ids: ['CVE-2025-54576', 'GHSA-7rh7-c77v-6434'],
      wrong: 'A public rule was asked about the query, too.',
      tests: [at('cve-2025-54576')],
    },
    {
      ids: ['CVE-2026-40574', 'GHSA-c5c4-8r6x-56w3'],
      wrong: 'An address with two `@` was of the domain behind the second.',
      tests: [at('cve-2026-40574')],
    },
    {
      ids: ['CVE-2026-34454', 'GHSA-f24x-5g9q-753f'],
      wrong: 'A session that was planted stayed while somebody signed in.',
      tests: [at('cve-2026-34454'), 'test/attacks/you-work-in-my-account'],
    },
    {
      ids: ['CVE-2025-64484', 'GHSA-vjrc-mh2v-45x6'],
      wrong: 'Identity headers with `_` for `-` came through.',
      tests: [at('cve-2025-64484')],
    },
    {
      ids: ['CVE-2021-21291', 'GHSA-4mf2-f3wh-gvf2'],
      wrong: '`evilbar.foo` ended like the allowed `.bar.foo`.',
      tests: [at('cve-2020-4037')],
    },
    {
      ids: ['CVE-2020-4037', 'GHSA-5m6c-jp6f-2vcv'],
      wrong: 'Tabs and dot segments in a return address led elsewhere.',
      tests: [at('cve-2020-4037')],
    },
    {
      ids: ['CVE-2020-11053', 'GHSA-j7px-6hwj-hpjg'],
      wrong: 'White space between slashes in a return address led elsewhere.',
      tests: [at('cve-2020-4037')],
    },
    {
      ids: ['CVE-2020-5233', 'GHSA-qqxw-m5fj-f7gv'],
      wrong: '`/\\` began a return address that led elsewhere.',
      tests: [at('cve-2020-4037')],
    },
    {
      ids: ['CVE-2021-21411', 'GHSA-652x-m2gr-hppm'],
      wrong: 'An option that restricts had no effect any more.',
      tests: [at('cve-2021-21411'), 'test/kept/who-gets-in', 'services/auth/src/providers/providers'],
    },
    {
      ids: ['CVE-2017-1000069', 'GHSA-rrm8-32g4-w8m3'],
      wrong: 'A callback worked in a browser that had begun no sign-in.',
      tests: ['services/auth/src/sign-in/callback', 'test/flows/authorization-code'],
    },
    {
      ids: ['CVE-2017-1000070', 'GHSA-jm34-xm8m-w958'],
      wrong: '`//` began a return address that led elsewhere.',
      tests: [at('cve-2020-4037')],
    },
  ],
  Pomerium: [
    {
      ids: ['CVE-2023-33189', 'GHSA-pvrc-wvj2-f59p'],
      wrong: 'The authorizer looked for the route once more, and found another.',
      tests: ['test/invariants/2-matched-once'],
    },
    {
      ids: ['CVE-2021-29652', 'GHSA-fv82-r8qv-ch4v'],
      wrong: 'The signature of a return address was not looked at everywhere.',
      tests: [at('cve-2020-4037')],
    },
    {
      ids: ['CVE-2021-29651', 'GHSA-35vc-w93w-75c2'],
      wrong: 'A sign-in for programs gave its token to any address.',
      tests: ['services/auth/src/authorization-server/programs'],
    },
    {
      ids: ['CVE-2021-41230', 'GHSA-j6wp-3859-vxfg'],
      wrong: 'What changed at the provider after a sign-in did not reach the rules.',
      tests: ['test/attacks/you-took-me-out-of-the-group', 'test/flows/google-directory'],
    },
    {
      ids: ['CVE-2022-24797', 'GHSA-q98f-2x4p-prjr'],
      wrong: 'The public listener served profiles and metrics.',
      tests: [at('cve-2022-24797'), 'test/field/my-metrics-are-open-to-everybody'],
    },
    {
      ids: ['CVE-2024-39315', 'GHSA-rrqr-7w59-637v'],
      wrong: 'The page about the person held the tokens of the session.',
      tests: [at('cve-2022-24797'), 'test/flows/strangers'],
    },
    {
      ids: ['CVE-2024-47616', 'GHSA-r7rh-jww5-5fjr'],
      wrong: 'A token for one purpose was good for another.',
      tests: ['test/invariants/7-one-key-one-purpose'],
    },
    {
      ids: ['Pomerium 593eb81c'],
      wrong: 'A parameter was decompressed without bound.',
      tests: [at('cve-2022-24797'), 'test/attacks/i-write-my-cookie-in-a-thousand-ways'],
    },
    {
      ids: ['CVE-2021-39162', 'CVE-2021-39204', 'CVE-2021-39206', 'GHSA-gjcg', 'GHSA-5wjf', 'GHSA-cfc2'],
      wrong: 'Envoy below it broke on resets of HTTP/2, and matched crafted paths by prefix.',
      tests: [at('cve-2023-44487'), 'test/properties/canonical-path'],
    },
    {
      ids: ['GHSA-j34v-3552-5r7j'],
      wrong: 'Vulnerabilities of Envoy came with it.',
      reason: 'there is no Envoy; what Node and undici publish is followed by the audit of dependencies',
    },
  ],
  'Ory Oathkeeper': [
    {
      ids: ['CVE-2026-33494', 'GHSA-p224-6x5r-fjpm'],
      wrong: '`/user/../admin` was judged as it came and served as it resolves.',
      tests: [at('cve-2026-41059'), 'test/properties/canonical-path'],
    },
    {
      ids: ['CVE-2026-33495', 'GHSA-vhr5-ggp3-qq85'],
      wrong: '`X-Forwarded-Proto` of anybody chose the rule.',
      tests: [at('cve-2026-3635')],
    },
    {
      ids: ['CVE-2026-33496', 'GHSA-4mq7-pvjg-xp2r'],
      wrong: 'Answers were kept by token alone, no matter who had issued it.',
      tests: [at('cve-2026-33496'), 'test/properties/one-spelling'],
    },
    {
      ids: ['GHSA-w9mr-28mw-j8hg'],
      wrong: 'A header that was named in `Connection` was removed after it had been set.',
      tests: [at('ghsa-w9mr-28mw-j8hg')],
    },
    {
      ids: ['CVE-2021-32701', 'GHSA-qvp4', 'GHSA-vfvf'],
      wrong: 'An answer that was kept was used without looking at the rule again.',
      tests: [at('cve-2026-33496')],
    },
  ],
  Authelia: [
    {
      ids: ['CVE-2026-48794', 'GHSA-j748-h363-wqj8'],
      wrong: 'A host in capitals missed the stricter rule.',
      tests: [at('cve-2026-48794')],
    },
    {
      ids: ['CVE-2026-47203', 'CVE-2025-24806'],
      wrong: 'A ban counted by one spelling of a name.',
      tests: ['packages/http/src/canonical/limited-by', 'test/attacks/i-ask-without-end'],
    },
    {
      ids: ['CVE-2026-33525'],
      wrong: 'A page showed what somebody wrote as markup.',
      tests: ['packages/web-pages/src/html', 'packages/web-pages/src/page'],
    },
  ],
  Traefik: [
    {
      ids: [
        'CVE-2025-66490',
        'CVE-2025-47952',
        'CVE-2025-32431',
        'CVE-2026-40912',
        'CVE-2026-48020',
        'CVE-2026-65600',
        'CVE-2026-67309',
      ],
      wrong: 'Encoded characters, and prefixes cut off after the decision, made another path of it.',
      tests: [at('cve-2026-41059'), at('ghsa-2q7r-29rg-6m5h'), 'test/properties/canonical-path'],
    },
    {
      ids: ['CVE-2026-39858', 'GHSA-5m6w-wvh7-57vm', 'CVE-2026-54763', 'CVE-2026-33433'],
      wrong: 'Other spellings of its own headers came through.',
      tests: [at('cve-2025-64484')],
    },
    {
      ids: ['CVE-2026-29054', 'CVE-2024-45410'],
      wrong: '`connection` in small letters removed its own headers.',
      tests: [at('cve-2026-29054')],
    },
    {
      ids: ['CVE-2026-35051', 'CVE-2026-54764'],
      wrong: 'Some `X-Forwarded-` headers were not on the list of those that are removed.',
      tests: [at('cve-2025-64484'), 'test/properties/no-identity-but-the-session'],
    },
    {
      ids: ['CVE-2026-54762'],
      wrong: 'A route whose secret could not be found was served to anybody.',
      tests: [at('cve-2026-54762')],
    },
    {
      ids: ['CVE-2026-71326'],
      wrong: 'Two people asked at once under keys that ran into one.',
      tests: [at('cve-2026-33496')],
    },
    {
      ids: ['CVE-2026-71324'],
      wrong: '`CONNECT` with a body gave an answer to somebody else.',
      tests: ['test/attacks/i-hide-a-request-in-another'],
    },
    {
      ids: ['CVE-2026-26998'],
      wrong: 'The answer of the authentication server was read without bound.',
      tests: ['packages/http/src/server/call'],
    },
    {
      ids: ['CVE-2026-41181'],
      wrong: 'The service for error pages was given the credentials of the request.',
      reason: 'error pages are rendered here; nobody is asked for one',
    },
    {
      ids: ['CVE-2023-47106'],
      wrong: 'A fragment in the target was forwarded.',
      tests: [at('cve-2026-41059'), 'test/attacks/i-hide-a-request-in-another'],
    },
  ],
  Caddy: [
    {
      ids: ['CVE-2026-30851', 'GHSA-7r4p-vjf4-gxv4', 'CVE-2026-52845'],
      wrong: 'A header that was not set let that of the client through.',
      tests: [at('cve-2026-30851'), 'test/flows/forward-auth'],
    },
    {
      ids: ['CVE-2026-27588'],
      wrong: 'Hosts of long lists were compared with regard to letter case.',
      tests: [at('cve-2026-48794')],
    },
    {
      ids: ['CVE-2026-27587'],
      wrong: 'Letter case of a path counted where it had `%`.',
      tests: ['test/properties/canonical-path'],
    },
    {
      ids: ['CVE-2026-27586'],
      wrong: 'Without the file of its authority, any client certificate was good.',
      reason:
        'no certificate of a caller counts here: the load balancer checks those of devices. Those that the gate makes (`client_identity`) are for applications, and one whose authority cannot be read is not made',
    },
  ],
  Teleport: [
    {
      ids: ['CVE-2025-49825'],
      wrong: 'Certificates of SSH could be forged.',
      reason: 'the gate takes no certificate of SSH: those that it signs are checked by `sshd`',
    },
  ],
  'AWS ALB': [
    {
      ids: ['ALBeast'],
      wrong:
        'Applications believed a signed header that was about another one, from anyone who reached them.',
      tests: ['test/invariants/4-presence-is-no-proof', 'test/flows/assertion'],
    },
  ],
  'BuzzFeed SSO': [
    {
      ids: ['BuzzFeed SSO: public paths'],
      wrong: 'Identity headers of the client went to public paths, signed.',
      tests: [at('buzzfeed-public-path-spoofing')],
    },
    {
      ids: ['BuzzFeed SSO: code before state'],
      wrong: 'The code was redeemed before the state was compared.',
      tests: ['services/auth/src/sign-in/callback', 'test/flows/authorization-code'],
    },
    {
      ids: ['BuzzFeed SSO: two ways to decide'],
      wrong: 'Who gets in was another question at sign-in than afterwards.',
      tests: ['test/kept/who-gets-in'],
    },
    {
      ids: ['BuzzFeed SSO: errors of the directory'],
      wrong: 'An error about a token was taken for another, and a group that is not there was a silent no.',
      tests: ['services/auth/src/directory/google-directory'],
    },
    {
      ids: ['BuzzFeed SSO: X-Forwarded-Host'],
      wrong: 'Its own host stood behind the one that the client wrote.',
      tests: [at('cve-2026-3635')],
    },
  ],
  'CGI (httpoxy)': [
    {
      ids: ['CVE-2016-5385', 'CVE-2016-5386'],
      wrong:
        'The header `Proxy` of a request became `HTTP_PROXY`, and what the program asked of others went there.',
      tests: ['test/flows/through-an-outgoing-proxy'],
    },
  ],
  'Servers of HTTP/2': [
    {
      ids: ['CVE-2023-44487', 'CVE-2019-9514'],
      wrong:
        'Streams were asked for and reset without end: never too many, and each made work. Peers in `SERVER_TRUSTED_PROXIES` are exempt from the limit on this: a load balancer has to have its own.',
      tests: [at('cve-2023-44487')],
    },
    {
      ids: ['CVE-2025-8671'],
      wrong: 'Frames against the rules made the server reset streams, which then counted no more.',
      tests: [at('cve-2023-44487')],
    },
    {
      ids: ['CVE-2024-27316', 'CVE-2024-27983', 'CVE-2024-28182', 'VU#421644'],
      wrong: 'A head went on in CONTINUATION frames without end.',
      tests: [at('cve-2024-27316')],
    },
    {
      ids: ['CVE-2019-9512', 'CVE-2019-9515', 'CVE-2019-9518', 'VU#605641'],
      wrong: 'Pings, settings and empty frames each wanted an answer, or kept a stream open.',
      tests: [at('cve-2024-27316')],
    },
    {
      ids: ['CVE-2019-9511', 'CVE-2019-9517'],
      wrong: 'An answer was asked for and not taken, so that it stayed in memory.',
      tests: ['test/flows/http2-callers'],
    },
    {
      ids: ['CVE-2016-6581'],
      wrong: 'A header was sent once, and then named thousands of times.',
      tests: [at('cve-2024-27316')],
    },
    {
      ids: ['CVE-2021-21295', 'CVE-2021-21409'],
      wrong: 'What HTTP/2 does not mind became a second request when it was written as HTTP/1.1.',
      tests: [at('cve-2021-21295'), 'test/flows/http2-callers'],
    },
  ],
  'Node, TypeScript and proxies in them': [
    {
      ids: ['CVE-2026-29057', 'GHSA-ggv3-7p47-pfv8'],
      wrong: 'http-proxy took the coding of a `DELETE` away, and its body became a request.',
      tests: ['test/attacks/i-hide-a-request-in-another'],
    },
    {
      ids: ['CVE-2026-3635', 'GHSA-444r-cwp2-x5xf'],
      wrong: 'Fastify read host and scheme from peers that were not trusted.',
      tests: [at('cve-2026-3635')],
    },
    {
      ids: ['GHSA-2q7r-29rg-6m5h'],
      wrong: '@fastify/reply-from let encoded dots climb out of the path in front.',
      tests: [at('ghsa-2q7r-29rg-6m5h'), 'test/properties/upstream-request'],
    },
    {
      ids: ['GHSA-v574-6498-x57v'],
      wrong: '@fastify/reply-from kept upstreams under a key of two texts that ran into one.',
      tests: [at('ghsa-2q7r-29rg-6m5h')],
    },
    {
      ids: ['@fastify/reply-from c815dc4'],
      wrong: 'A header of its own went because the client named it in `Connection`.',
      tests: [at('ghsa-w9mr-28mw-j8hg')],
    },
    {
      ids: ['GHSA-v2v2-hph8-q5xp', 'Fastify 67f6c9b3'],
      wrong: 'A body was read by a malformed content type, and otherwise by the application.',
      tests: [at('ghsa-2q7r-29rg-6m5h')],
    },
    {
      ids: ['GHSA-qmw8-3v4g-gwj4'],
      wrong: '`/exposed-extra` was taken for a path below `/exposed`.',
      tests: [at('ghsa-2q7r-29rg-6m5h')],
    },
    {
      ids: ['CVE-2026-6414'],
      wrong: '@fastify/static served `/admin%2Fsecret.html` past the guard of `/admin/`.',
      tests: [at('cve-2026-41059'), 'test/properties/canonical-path'],
    },
    {
      ids: ['Hono cc067c85'],
      wrong: 'A cookie whose name began with a no-break space was read under the name behind it.',
      tests: [at('hono-2026')],
    },
    {
      ids: ['Hono a586cd72', 'Hono 44ae0c8c', 'Hono 905aedbc'],
      wrong: 'Line ends and semicolons in the parts of a cookie wrote further attributes.',
      tests: [at('hono-2026')],
    },
    {
      ids: ['Hono 720b5662'],
      wrong: 'Headers that an answer names in its `Connection` were relayed.',
      tests: [at('hono-2026')],
    },
    {
      ids: ['Hono 5463db27'],
      wrong: 'A JWT was taken under another scheme than Bearer.',
      tests: ['test/attacks/i-bring-a-token-that-nobody-gave-me'],
    },
    {
      ids: ['Hono 48fa2233', 'Hono c831020f'],
      wrong: 'IPv4 addresses inside IPv6 missed their range.',
      tests: [at('cve-2026-90711')],
    },
    {
      ids: ['Hono 7ae7cbae'],
      wrong: 'Several `Set-Cookie` were joined into one.',
      tests: [at('hono-2026')],
    },
    {
      ids: ['Hono f4123ed9'],
      wrong: 'A line end in a server-sent event began another.',
      reason: 'nothing here writes events; those of applications are relayed byte for byte',
    },
    {
      ids: ['Hono 41adbf56'],
      wrong: 'Behind an ALB, the first address counted, which the client writes.',
      tests: ['test/invariants/4-presence-is-no-proof'],
    },
    {
      ids: ['GHSA-7w99-5wm4-3g79', 'GHSA-392p-2q2v-4372'],
      wrong: 'better-auth let two requests at once redeem one code or refresh token.',
      tests: [
        'test/attacks/i-send-one-code-twenty-times',
        'test/flows/authorization-code',
        'services/auth/src/lifecycle/refresh',
      ],
    },
    {
      ids: ['CVE-2025-29927'],
      wrong: 'Next.js left its middleware out where a header said that it had run.',
      tests: ['test/invariants/4-presence-is-no-proof'],
    },
    {
      ids: ['CVE-2026-90711'],
      wrong: 'proxy-addr took a range of IPv4 inside IPv6 for the whole internet.',
      tests: [at('cve-2026-90711')],
    },
    {
      ids: [
        'CVE-2026-6734',
        'GHSA-hm92-r4w5-c3mj',
        'CVE-2026-12151',
        'GHSA-vxpw-j846-p89q',
        'CVE-2026-9678',
        'GHSA-pr7r-676h-xcf6',
        'CVE-2026-1525',
        'CVE-2026-1527',
      ],
      wrong:
        'undici gave an answer that nobody had asked for to the next request, and wrote line ends of its `upgrade` option into the head.',
      tests: [at('ghsa-hm92-r4w5-c3mj'), at('cve-2026-55602')],
    },
    {
      ids: ['CVE-2026-55602', 'GHSA-64mm-vxmg-q3vj', 'CVE-2026-55603', 'GHSA-gcq2-9pq2-cxqm'],
      wrong:
        'http-proxy-middleware matched routes as pieces of text, and wrote line ends of a body into the request.',
      tests: [at('cve-2026-55602')],
    },
    {
      ids: ['CVE-2025-48865'],
      wrong: 'Fabio removed what `Connection` names after it had set it.',
      tests: [at('ghsa-w9mr-28mw-j8hg'), at('cve-2026-29054')],
    },
  ],
  'What a provider answers': [
    {
      ids: [
        'idtoken-sig-none',
        'invalid-null-alg',
        'invalid-alternate-alg',
        'invalid-sig-rs256',
        'invalid-sig-es256',
        'invalid-sig-hs256',
        'kid-absent-single-jwks',
        'kid-absent-multiple-jwks',
      ],
      wrong: 'An ID token that the keys of its issuer have not signed.',
      tests: ['test/attacks/i-write-my-own-id-token', 'test/attacks/the-provider-says-what-is-not-so'],
    },
    {
      ids: [
        'invalid-iss',
        'missing-iss',
        'invalid-aud',
        'missing-aud',
        'invalid-secondary-aud',
        'valid-aud-as-array',
        'invalid-exp',
        'missing-exp',
        'missing-iat',
        'missing-sub',
        'nonce-invalid',
        'invalid-missing-nonce',
        'userinfo-invalid-sub',
        'token-type-case-insensitivity',
        'no expires_in',
      ],
      wrong: 'An answer about somebody else, for somebody else, of another time, or of another sign-in.',
      tests: ['test/attacks/the-provider-says-what-is-not-so'],
    },
    {
      ids: ['discovery-issuer-mismatch'],
      wrong: 'The configuration of another issuer.',
      tests: ['services/auth/src/providers/providers'],
    },
    {
      ids: ['iat-is-week-in-past'],
      wrong: 'An ID token made long before it was asked for.',
      reason: 'its nonce is of this very sign-in, so it was made after that began, whatever it says',
    },
    {
      ids: ['at_hash', 'c_hash', 's_hash'],
      wrong: 'A token or a code beside an ID token that it does not belong to.',
      reason:
        'they guard what comes by way of the browser; here only a code does, held by PKCE and state, and the rest comes from the token endpoint',
    },
    {
      ids: ['state-missing', 'state-invalid'],
      wrong: 'A callback of no sign-in, or of another.',
      tests: ['services/auth/src/sign-in/callback', 'test/attacks/the-provider-says-what-is-not-so'],
    },
    {
      ids: ['RFC 9207: iss missing', 'RFC 9207: iss invalid'],
      wrong: 'The answer of another issuer (mix-up).',
      tests: ['test/attacks/another-issuer-answers'],
    },
  ],
};
