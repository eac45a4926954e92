import { domainOf } from '@latchkey/access';
import type { AskedRequest, DeviceTrust, Machine, Person, RuleInput } from '@latchkey/access';
import { hasHeader, headerOf } from './header.ts';
import type { Flaw, Of, Typed } from './typed.ts';

/** What a rule may know. Everything else is unknown to it. */
export type Fact = {
  readonly meaning: string;
  /** whose it is: with nothing of the request in it, a rule is decided once for each principal */
  readonly reads: 'principal' | 'request' | 'route';
  readonly value: Typed;
  /** what `explain` shows of it; absent for what has no single value */
  readonly shown?: Of<string>;
};

/** A group of facts, as `user.email` names it and its fact. */
export type FactGroup = { readonly meaning: string; readonly facts: Readonly<Record<string, Fact>> };

/** All facts. docs/policies.md shows this table. */
export const factGroups: Readonly<Record<string, FactGroup>> = {
  user: {
    meaning:
      'A person who is signed in. Absent for visitors and machines. For a person with a token of another issuer, `sub`, `idp`, `auth_time` and `amr` are absent.',
    facts: {
      email: text(
        'The e-mail address, in lower case.',
        'principal',
        ofPerson(({ email }) => email),
        lowerCase,
      ),
      domain: text(
        'The part of that address after the `@`. `example.com` does not include `sub.example.com`.',
        'principal',
        ofPerson(({ email }) => domainOf(email)),
        domainFlaw,
      ),
      groups: {
        meaning:
          'The groups of the person: `"engineering@example.com" in user.groups`. Names are compared exactly.',
        reads: 'principal',
        value: { type: 'groups', isIn: (group) => ofPerson((person) => isMember(group, person)) },
        shown: ofPerson(({ groups }) => groups && JSON.stringify(groups)),
      },
      sub: text(
        'The account at the provider, which never changes.',
        'principal',
        ofPerson(({ subject }) => subject),
      ),
      idp: text(
        'The slug of the provider that the person signed in with.',
        'principal',
        ofPerson(({ idp }) => idp),
      ),
      auth_time: moment(
        'When the person last authenticated at the provider. Absent if the provider does not report it, such as Google.',
        'principal',
        ofPerson(({ authTime }) => authTime && authTime * 1000),
      ),
      amr: {
        meaning:
          'How the person authenticated, as the ID token names it (RFC 8176): `"mfa" in user.amr`. Absent if the provider does not report it.',
        reads: 'principal',
        value: { type: 'list of texts', of: ofPerson(({ amr }) => amr) },
        shown: ofPerson(({ amr }) => amr && JSON.stringify(amr)),
      },
    },
  },
  machine: {
    meaning: 'A program with a credential of its own. Absent for people and visitors.',
    facts: {
      client: text(
        'The client id.',
        'principal',
        ofMachine(({ client }) => client),
      ),
      issuer: text(
        'Who issued the token.',
        'principal',
        ofMachine(({ issuer }) => issuer),
      ),
      subject: text(
        'The subject of the token.',
        'principal',
        ofMachine(({ subject }) => subject),
      ),
      scopes: {
        meaning: 'The scopes of the token.',
        reads: 'principal',
        value: { type: 'list of texts', of: ofMachine(({ scopes }) => scopes) },
        shown: ofMachine(({ scopes }) => JSON.stringify(scopes)),
      },
      aws_role: text(
        'The ARN of the AWS role, as `aws_role` of its service account names it. Absent for all other tokens, even for other tokens of the same service account.',
        'principal',
        ofMachine(({ awsRole }) => awsRole),
      ),
      claims: {
        meaning: 'The claims of the token: `machine.claims.repository`. Of any type.',
        reads: 'principal',
        value: { type: 'claim', of: ofMachine(({ claims }) => claims) },
      },
    },
  },
  request: {
    meaning: 'The request. At addresses of the proxy itself, method and path are absent.',
    facts: {
      method: requestText(
        'The method, in upper case. Absent if `X-HTTP-Method-Override` or a similar header names another method to the application.',
        ofRequest(({ method }) => method),
        methodFlaw,
      ),
      host: requestText(
        'The host, in lower case and without a port.',
        ofRequest(({ host }) => host),
        lowerCase,
      ),
      path: requestText(
        'The decoded path, without the query. Absent if it can be read in two ways, or if `Destination` or `If` names a second path (WebDAV).',
        ({ path }) => path,
        pathFlaw,
      ),
      headers: {
        meaning:
          'Headers as the caller wrote them. Write the name in lower case: `request.headers["x-client"]`. A header is absent if it comes several times, if it also comes as `X_Client`, or if `Connection` names it, because then the application does not get it.',
        reads: 'request',
        value: {
          type: 'mapping',
          field: (name) => ofRequest(({ rawHeaders }) => headerOf(name, rawHeaders)),
        },
      },
      address: requestText(
        'The IP address of the caller. It is taken from `X-Forwarded-For` only if the request comes from `SERVER_TRUSTED_PROXIES`.',
        ofRequest(({ address }) => address || undefined),
      ),
      time: moment(
        'The current date and time.',
        'request',
        ofRequest(({ now }) => now()),
      ),
      forward_auth: {
        meaning:
          'Whether this is a question of a server in front, which forwards the request itself ([`forward_auth`](forward-auth.md)).',
        reads: 'request',
        value: { type: 'truth value', of: ofRequest(({ forwardAuth }) => forwardAuth) },
        shown: ofRequest(({ forwardAuth }) => String(forwardAuth)),
      },
    },
  },
  device: {
    meaning:
      'What servers in front say about the device. Only for requests from `SERVER_TRUSTED_PROXIES`. The three facts here are about the client certificate that an ALB has verified, and need `SERVER_DEVICE_CERTIFICATES=true`. `device_headers` in the root of the file adds other facts, as texts.',
    facts: {
      subject: certificateFact('The subject of the certificate.', 'subject'),
      issuer: certificateFact('The issuer of the certificate.', 'issuer'),
      serial_number: certificateFact('The serial number, in hexadecimal.', 'serial-number'),
    },
  },
  route: {
    meaning: 'The route of the request, as written in the upstream file.',
    facts: {
      service: text('The name of the service.', 'route', ({ route }) => route.service),
      tags: {
        meaning: 'The `tags` of the route.',
        reads: 'route',
        value: { type: 'list of texts', of: ({ route }) => route.tags },
        shown: ({ route }) => JSON.stringify(route.tags),
      },
    },
  },
};

/** What a server in front says in a header that the upstream file names, in lower case. */
export function deviceFact(header: string): Fact {
  return deviceText('', header, 'headers');
}

function certificateFact(meaning: string, part: string): Fact {
  return deviceText(meaning, `x-amzn-mtls-clientcert-${part}`, 'certificate');
}

// What anybody else wrote there is no fact, and neither is an empty one: that is how some servers say nothing. A caller can add a
// second one to what the server in front says. That makes it uncertain, and never absent: `has` cannot tell then.
function deviceText(meaning: string, header: string, by: keyof DeviceTrust): Fact {
  const of = ofRequest(({ rawHeaders, deviceTrust }) =>
    deviceTrust[by] ? headerOf(header, rawHeaders) || undefined : undefined,
  );
  const has = ofRequest(({ rawHeaders, deviceTrust }) => {
    const isThere = deviceTrust[by] && hasHeader(header, rawHeaders);
    return isThere && headerOf(header, rawHeaders) !== '';
  });
  return { meaning, reads: 'request', value: { type: 'text', of, has }, shown: (input) => quoted(of(input)) };
}

function text(meaning: string, reads: Fact['reads'], of: Of<string>, flaw?: Flaw): Fact {
  return { meaning, reads, value: { type: 'text', of, flaw }, shown: (input) => quoted(of(input)) };
}

// Who sends a request chooses how it is written, and so whether there is one path, or one method.
function requestText(meaning: string, of: Of<string>, flaw?: Flaw): Fact {
  const value = { type: 'text', of, flaw, isUpToSender: true } as const;
  return { meaning, reads: 'request', value, shown: (input) => quoted(of(input)) };
}

function moment(meaning: string, reads: Fact['reads'], of: Of<number>): Fact {
  function shown(input: RuleInput): string | undefined {
    const at = of(input);
    return at === undefined ? undefined : new Date(at).toISOString();
  }
  return { meaning, reads, value: { type: 'moment', of }, shown };
}

function ofPerson<T>(of: (person: Person) => T | undefined): Of<T> {
  return ({ principal }) => (principal.kind === 'person' ? of(principal) : undefined);
}

function ofMachine<T>(of: (machine: Machine) => T | undefined): Of<T> {
  return ({ principal }) => (principal.kind === 'machine' ? of(principal) : undefined);
}

function ofRequest<T>(of: (asked: AskedRequest) => T | undefined): Of<T> {
  return ({ asked }) => asked && of(asked);
}

function isMember(group: string, { groups, askedGroups, groupsUnknown }: Person): boolean | undefined {
  if (groups === undefined || groupsUnknown === true) return undefined;
  if (groups.includes(group)) return true;
  return askedGroups === undefined || askedGroups.includes(group) ? false : undefined;
}

function quoted(value: string | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

function lowerCase(text: string): string | undefined {
  const lower = text.toLowerCase();
  return lower === text ? undefined : `it is in lower case: write ${JSON.stringify(lower)}`;
}

function domainFlaw(text: string): string | undefined {
  return text.startsWith('@') ? `it has no @: write ${JSON.stringify(text.slice(1))}` : lowerCase(text);
}

function methodFlaw(text: string): string | undefined {
  const upper = text.toUpperCase();
  return upper === text ? undefined : `it is in upper case: write ${JSON.stringify(upper)}`;
}

function pathFlaw(text: string): string | undefined {
  if (!text.startsWith('/')) return `it begins with a slash: write ${JSON.stringify(`/${text}`)}`;
  if (text.includes('?')) return 'the query is no part of it: leave it out';
  const isAbsent = /[\\;#%]|\/\/|\/\.{1,2}\//.test(text);
  return isAbsent ? 'a path that can be read in two ways is absent: write it decoded and plain' : undefined;
}
