import {
  explainRequest,
  QuestionError,
  readCircumstances,
  readMoment,
  readRequest,
  requesterOf,
  tokenOfAccount,
  tokenOfWorkload,
} from '@latchkey/explain';
import type { Requester, ShownToken } from '@latchkey/explain';
import { commaList, deploymentOptions, oneOf, readArguments, takePositionals } from '../arguments.ts';
import { readDeployment } from '../environment/deployment.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { clustersThatAnswer } from '../explain/explained.ts';
import { renderAnswer, answerJson } from '../explain/render.ts';
import { printFindings } from '../output/findings.ts';
import { paintFor } from '../output/terminal.ts';
import { isAboutCluster, readUpstreamFile } from '../upstream-file.ts';
import { deploymentHelp } from './command.ts';
import type { Command } from './command.ts';

/** `latchkey explain`: what the proxy would decide about one request, and why. */
export const explain: Command = {
  name: 'explain',
  summary: 'Shows what the proxy would do with a request, and which rule decides',
  usage: 'explain FILE (--cluster NAME | --env-file FILE) --url URL [--as EMAIL [--groups G,G]] [options]',
  help: `Shows the route, the path that the rules are matched against, and each step in order, with hit, miss
or not reached: the rules that refuse, what is public, whether auth lets the person sign in, the rules
that let in. Then it shows what the application receives. Without --as, nobody is signed in.

${deploymentHelp}
                    With the env file of auth, it also shows whether auth refuses the account
  --url URL         the address; its path is used unchanged, with dots and escapes.
                    wss://… is the handshake of a WebSocket
  --method M        the method; left out, GET
  --header H        a header, as "Name: value"; may be given several times. Without any, the request is
                    a page visit in a browser
  --ip ADDRESS      the IP address of the client, for rules of a policy
  --time TIME       the time of the request, such as 2026-12-24T18:00:00Z; left out, now
  --device F=V      a fact about the device from a server in front; may be given several times. F is
                    subject, issuer or serial_number of its certificate, or a name of device_headers
  --format FORMAT   text (default) or json

A person:
  --as EMAIL        the person who is signed in
  --groups G,G      the groups of the person; left out, none
  --provider SLUG   the provider of the person; left out, the one of the route
  --auth-time TIME  when the person authenticated at the provider
  --amr W,W         how the person authenticated, as in the ID token: pwd, mfa

A program with a token in Authorization: Bearer. With --as, it acts for that person:
  --scopes S,S      the scopes of the token
  --subject NAME    the subject of the token
  --client ID       the client to which the token was issued
  --issuer URL      the issuer of the token
  --claim N=V       another claim of the token, such as repository=corp/app; may be given several times.
                    With --issuer, the claims may be those of a service account, which then calls
  --as-account NAME in place of these: a service account of the file

The exit code is 0 if the request is allowed, and 1 if it is refused or sent to the sign-in.

Examples:

  Why does Ann have no access?
    latchkey explain upstreams.yml --env-file proxy.prod.env --env-file auth.prod.env \\
      --url https://wiki.corp.example.com/ --as ann@example.com --groups eng,oncall

  May a contractor write from outside the office, at night?
    latchkey explain upstreams.yml --cluster prod --url https://wiki.corp.example.com/page --method POST \\
      --as eve@partner.example --ip 203.0.113.9 --time 2026-03-02T23:30:00Z

  Is this path public?
    latchkey explain upstreams.yml --cluster prod --url https://wiki.corp.example.com/api/health

  What does a script in a page get after the session has ended?
    latchkey explain upstreams.yml --cluster prod --url https://wiki.corp.example.com/api/pages \\
      --header 'Sec-Fetch-Mode: cors'

  May the nightly report call it with its token?
    latchkey explain upstreams.yml --cluster prod --url https://orders.corp.example.com/ \\
      --subject nightly-report --issuer https://idp.example.com --scopes orders.read

  Which service account is this CI job, and may it deploy?
    latchkey explain upstreams.yml --cluster prod --url https://builds.corp.example.com/ \\
      --issuer https://token.actions.githubusercontent.com --claim repository=corp/app --claim ref=refs/heads/main

  Does a CORS preflight pass?
    latchkey explain upstreams.yml --cluster prod --url https://wiki.corp.example.com/api --method OPTIONS \\
      --header 'Origin: https://other.example.com' --header 'Access-Control-Request-Method: PUT'
`,
  async run(args, io) {
    const { values, positionals } = readArguments(args, {
      ...deploymentOptions,
      url: { type: 'string' },
      as: { type: 'string' },
      groups: { type: 'string', multiple: true },
      provider: { type: 'string' },
      scopes: { type: 'string', multiple: true },
      subject: { type: 'string' },
      client: { type: 'string' },
      issuer: { type: 'string' },
      claim: { type: 'string', multiple: true },
      'as-account': { type: 'string' },
      method: { type: 'string', default: 'GET' },
      header: { type: 'string', multiple: true, default: [] },
      ip: { type: 'string' },
      time: { type: 'string' },
      'auth-time': { type: 'string' },
      amr: { type: 'string', multiple: true },
      device: { type: 'string', multiple: true },
      format: { type: 'string', default: 'text' },
    });
    const [path = ''] = takePositionals(positionals, ['FILE']);
    const format = oneOf('--format', values.format, ['text', 'json']);
    if (values.url === undefined) throw new UsageError('--url is missing');
    const { url, method, header, 'as-account': account } = values;
    const requester = requesterFrom(values);
    const shown = tokenOf(values);
    if (account !== undefined && (requester ?? shown) !== undefined) {
      throw new UsageError(
        '--as-account already says who calls: leave out --as, --scopes and the other options of a caller',
      );
    }
    const { claim: claims, issuer } = values;
    if (claims !== undefined && (issuer === undefined || requester !== undefined)) {
      throw new UsageError('--claim is about the token of a program: add --issuer, and leave out --as');
    }
    const deployment = readDeployment(values, io);
    const file = readUpstreamFile(path, deployment, io);
    const { table, diagnostics } = file;
    if (table === undefined) {
      printFindings(diagnostics, format, '', io);
      return exitCodes.findings;
    }

    const asked = written(() => readRequest(url, method, header, readCircumstances(values, table)));
    const token = written(() => {
      if (account !== undefined) return tokenOfAccount(account, table);
      return shown && claims && issuer !== undefined
        ? tokenOfWorkload({ ...shown, issuer }, claims, table)
        : shown;
    });
    const request = { ...asked, ...(token && { token }) };
    const installation = { ...deployment, table };
    const answer = await explainRequest(request, requester, installation);
    const isUnknown = answer.error === 'unknown_host';
    const otherClusters = isUnknown ? clustersThatAnswer(file, deployment, request) : [];
    const explained = { asked: request, requester, answer, installation, otherClusters };
    const around = { file: path, warnings: diagnostics.filter(isAboutCluster), paint: paintFor(io) };
    if (format === 'json') io.stdout(`${JSON.stringify(answerJson(explained, around), null, 2)}\n`);
    else io.stdout(renderAnswer(explained, around));
    return answer.allow ? exitCodes.fine : exitCodes.findings;
  },
};

function written<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof QuestionError) throw new UsageError(`--${error.part} ${error.message}`);
    throw error;
  }
}

// Anyone who names one of these means a token.
function tokenOf({
  scopes,
  subject,
  client,
  issuer,
}: {
  readonly scopes?: string[] | undefined;
  readonly subject?: string | undefined;
  readonly client?: string | undefined;
  readonly issuer?: string | undefined;
}): ShownToken | undefined {
  if ([scopes, subject, client, issuer].every((value) => value === undefined)) return undefined;
  return {
    scopes: commaList(scopes ?? []),
    ...(subject !== undefined && { subject }),
    ...(client !== undefined && { client }),
    ...(issuer !== undefined && { issuer }),
  };
}

function requesterFrom(values: {
  readonly as?: string | undefined;
  readonly groups?: string[] | undefined;
  readonly provider?: string | undefined;
  readonly 'auth-time'?: string | undefined;
  readonly amr?: string[] | undefined;
}): Requester {
  const { as, groups, provider, 'auth-time': proved, amr } = values;
  if (as === undefined) {
    if ((groups ?? provider ?? proved ?? amr) !== undefined) {
      throw new UsageError('--groups, --provider, --auth-time and --amr are about a person: add --as');
    }
    return undefined;
  }
  const at = written(() => readMoment('auth-time', proved));
  return requesterOf(as, commaList(groups ?? []), provider, {
    authTime: at === undefined ? undefined : at / 1000,
    amr: amr && commaList(amr),
  });
}
