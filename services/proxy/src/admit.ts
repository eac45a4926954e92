import { canonicalRequest, isHealthCheck, isVisit, ownPaths, replyRedirect, replyText } from '@latchkey/http';
import type { CanonicalRequest, PeerTrust } from '@latchkey/http';
import { upstreamTarget } from '@latchkey/upstreams';
import type { RouteMatch, RouteTable, Target } from '@latchkey/upstreams';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { attachExchange } from './endpoints/exchange.ts';
import type { ShowLauncher } from './endpoints/launcher.ts';
import type { Gate, Identified, Passage } from './gate/gate.ts';
import { refuseWithError } from './gate/refuse.ts';
import type { RefuseDecision } from './gate/refuse.ts';
import type { RequestRecord } from './record/request-record.ts';
import type { PublicPorts } from './public-ports.ts';
import { mayControlOwnPaths, retireServiceWorker } from './service-worker.ts';
import type { KnownSession } from './session-check/known-session.ts';
import type { Addresses } from './sign-in/addresses.ts';

/** The stages before forwarding, ready to work. */
export type AdmissionStages = {
  readonly trust: PeerTrust;
  readonly table: () => RouteTable;
  readonly endpoints: RequestListener;
  readonly gate: Gate;
  readonly showLauncher: ShowLauncher;
  readonly refuseDecision: RefuseDecision;
  /** lets an answer of our own bring a session that auth has renewed */
  readonly giveRenewed: (res: ServerResponse, identified: Identified) => void;
  readonly addresses: Addresses;
  /** the `Set-Cookie` value that makes a browser remember who is here */
  readonly rememberPerson: (known: KnownSession) => string;
  readonly ports: PublicPorts;
  /** browsers reach us over HTTPS only */
  readonly secure: boolean;
  readonly ready: () => boolean;
};

/** A request that may pass: everything that forwarding needs. */
export type Passed = {
  request: CanonicalRequest;
  match: RouteMatch;
  passage: Passage;
  target: Target;
  path: string;
};

/** Admits a request, or answers it and gives undefined. */
export type Admit = (
  req: IncomingMessage,
  res: ServerResponse,
  record: RequestRecord,
) => Promise<Passed | undefined>;

/** Makes stages 1 to 7: one reading, route, own endpoint, public, credential, standing, decision. */
export function createAdmit(stages: AdmissionStages): Admit {
  const { trust, table, endpoints, gate, refuseDecision, addresses, ports } = stages;

  return async function admit(req, res, record) {
    if (stages.secure) res.setHeader('Strict-Transport-Security', 'max-age=31536000');
    if (isHealthCheck(req)) {
      record.isHealthCheck = true;
      replyText(res, stages.ready() ? 200 : 503, '');
      return undefined;
    }
    const read = canonicalRequest(req, trust);
    if (typeof read === 'string') {
      record.detail = read;
      refuseWithError(res, record, 'bad_request');
      return undefined;
    }
    const request = ports.withoutImplied(read);
    record.request = request;

    const match = table().match(request.host, request.port);
    if (match === undefined || !ports.serves(request, match)) {
      if (match !== undefined)
        record.detail = `port ${request.port} is neither in \`from\` nor in SERVER_PUBLIC_PORTS`;
      refuseWithError(res, record, 'unknown_host');
      return undefined;
    }
    const { route, target } = match;
    record.route = route;
    if (stages.secure && request.forwardedProto === 'http') {
      replyRedirect(res, addresses.origin(request) + request.target, 308);
      return undefined;
    }
    if (ownPaths.has(request.rawPath)) {
      attachExchange(req, { request, route, record });
      endpoints(req, res);
      return undefined;
    }

    if (!route.allowRootServiceWorker && mayControlOwnPaths(request.rawPath, req.headers)) {
      record.detail = 'a service worker over addresses of ours was ended, see allow_root_service_worker';
      retireServiceWorker(res);
      return undefined;
    }

    const passage = await gate.pass(request, req.headers, route);
    record.decision = passage.decision;
    record.principal = passage.principal;
    if (!passage.decision.allow) {
      stages.giveRenewed(res, passage);
      refuseDecision(res, record, request, passage);
      return undefined;
    }
    if (route.kind === 'launcher' && passage.known !== undefined) {
      stages.giveRenewed(res, passage);
      if (passage.isNew === true && isVisit(request.method, req.headers)) {
        res.appendHeader('Set-Cookie', stages.rememberPerson(passage.known));
      }
      stages.showLauncher(res, { request, record }, passage.known);
      return undefined;
    }
    if (target === undefined) {
      record.detail = 'the route gives no address for this host';
      refuseWithError(res, record, 'upstream_unreachable');
      return undefined;
    }
    const path = upstreamTarget(request, target);
    if (path === undefined) {
      record.detail = 'the path would climb out of the path of `to`';
      refuseWithError(res, record, 'bad_request');
      return undefined;
    }
    return { request, match, passage, target, path };
  };
}
