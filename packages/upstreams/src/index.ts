export {
  describeDestination,
  describeDuration,
  describeRules,
  describeTarget,
  describeIdentity,
  describeTls,
} from './compare/describe.ts';
export type { Change } from './compare/change.ts';
export { compareTables } from './compare/tables.ts';
export { renderDiagnosticsReference } from './diagnostics.ts';
export { flawOfKeySet } from './key-set-file.ts';
export { loadUpstreams } from './load.ts';
export { accountOf } from './match/account-of.ts';
export { hostOf, lostAtOnce } from './match/loss.ts';
export { servesPort } from './match/table.ts';
export { mayClimb, targetAuthority, upstreamTarget } from './match/upstream-target.ts';
export { decodeUpstreamFile } from './parse/decode.ts';
export type { DecodedFile } from './parse/decode.ts';
export { readUpstreamTree } from './parse/read-tree.ts';
export { isNull } from './parse/tree.ts';
export type { YamlEntry, YamlList, YamlMapping, YamlNode, YamlScalar } from './parse/tree.ts';
export { printTable } from './print/print.ts';
export { defaultKeepAliveMs } from './resolve/routes.ts';
export { renderUpstreamSchema } from './shape/json-schema.ts';
export { renderUpstreamReference } from './shape/reference.ts';
export type {
  Bearer,
  AwsSigv4,
  CertifiedNames,
  ClientIdentity,
  StartTls,
  SshCertificate,
  SshKeyFinding,
  TcpLimits,
  Cors,
  Diagnostic,
  HeaderEntry,
  Issuer,
  IssuerKeys,
  Launcher,
  LoadedUpstreams,
  Position,
  ProviderSlugs,
  RootSettings,
  Route,
  RouteMatch,
  RouteTable,
  ServiceAccount,
  ServiceTokenHash,
  Target,
  TlsFileFinding,
  TlsFileOption,
  TlsFiles,
  TlsOptions,
  UpstreamProtocol,
  UpstreamDefaults,
  UpstreamInput,
  WaitFor,
} from './types.ts';
