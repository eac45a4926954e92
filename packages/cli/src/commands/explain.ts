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
import { clustersThatAnswer } from '../explain/other-clusters.ts';
import { renderAnswer, answerJson } from '../explain/render.ts';
import { printFindings } from '../output/findings.ts';
import { paintFor } from '../output/terminal.ts';
import { isAboutCluster, readUpstreamFile } from '../upstream-file.ts';
import { deploymentHelp } from './command.ts';
import type { Command } from './command.ts';

/** `latchkey explain`: what the proxy would decide about one request, and why. */
export const explain: Command = {
  name: 'explain',
  summary: 'Says what the proxy would do with a request, and which rule decided',
  usage: 'explain FILE (--cluster NAME | --env-file FILE) --url URL [--as EMAIL [--groups G,G]] [options]',
  help: `Shows the route, the path that the rules are matched against, and each step with hit, miss or not
reached, in their order: what is public, whether auth lets the person sign in, the rules of the
application. The first rule that hits allows the request. Then it shows what the application receives.
Without --as, nobody is signed in.

${deploymentHelp}
                    With the env file of auth as well, it shows whether auth refuses the account
  --url URL         the address; its path is used unchanged, with dots and escapes.
                    wss://… is the handshake of a WebSocket
  --as EMAIL        who is signed in
  --groups G,G      the groups of that person; left out, there are none
  --provider SLUG   the provider that signed the person in; left out, the one of the route
  --scopes S,S      what a token in Authorization: Bearer lets a program do; with --as in the name of that
                    person, otherwise for itself
  --subject NAME    the subject of that token
  --client ID       the client that it was given to
  --issuer URL      who issued it
  --claim N=V       what it says besides, such as repository=corp/app, may be given several times: with
                    --issuer it may be that of a workload, and then its service account calls
  --as-account NAME a service account of the file calls, with what the file says of it
  --method M        GET (default)
  --ip ADDRESS      where the request comes from, for rules of a policy
  --time TIME       when it comes, such as 2026-12-24T18:00:00Z; left out, now
  --auth-time TIME  when the provider had the person prove who they are
  --amr W,W         how they did, as the ID token has it: pwd, mfa
  --device F=V      what servers in front say of the device: subject=…, issuer=… or serial_number=… of its
                    certificate, or a name of device_headers; may be given several times
  --header H        "Name: value", may be given several times; without any it is a page visit
  --format FORMAT   text (default) or json

It ends with 0 if the request is allowed, and with 1 if it is refused or sent to the sign-in.

Examples:

  Why does Ann have no access?
    latchkey explain upstreams.yml --env-file proxy.prod.env --env-file auth.prod.env \\
      --url https://wiki.corp.example.com/ --as ann@example.com --groups eng,oncall

  May a contractor write from outside the office, at night?
    latchkey explain upstreams.yml --cluster prod --url https://wiki.corp.example.com/page --method POST \\
      --as eve@partner.example --ip 203.0.113.9 --time 2026-03-02T23:30:00Z

  Is this path public?
    latchkey explain upstreams.yml --cluster prod --url https://wiki.corp.example.com/api/health

  What does a script get when its session is over?
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
      throw new UsageError('--as-account says who calls: leave out --as, --scopes and the like');
    }
    const { claim: claims, issuer } = values;
    if (claims !== undefined && (issuer === undefined || requester !== undefined)) {
      throw new UsageError(
        '--claim is what a program says with a token of an issuer: add --issuer, without --as',
      );
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
      throw new UsageError('--groups, --provider, --auth-time and --amr are about somebody: add --as');
    }
    return undefined;
  }
  const at = written(() => readMoment('auth-time', proved));
  return requesterOf(as, commaList(groups ?? []), provider, {
    authTime: at === undefined ? undefined : at / 1000,
    amr: amr && commaList(amr),
  });
}
