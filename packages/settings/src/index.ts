export { parseGoogleServiceAccount } from './inline-document.ts';
export { loadAuthSettings, surveyAuthSettings } from './load-auth.ts';
export { loadConnectorSettings } from './load-connector.ts';
export { loadProxySettings, surveyProxySettings } from './load-proxy.ts';
export { isReadableByAll, openToAll } from './readable-by-all.ts';
export { logFieldsOf, sentenceWithPage, sentenceOf } from './problem.ts';
export type { Problem } from './problem.ts';
export { renderConfigurationReference } from './reference.ts';
export { readSecretFile, readSmallFile } from './secret-file.ts';
export { isAuditKey } from './audit.ts';
export type {
  AdminSettings,
  AllowedTarget,
  AuditSettings,
  AuthSettings,
  ClientSettings,
  CognitoProviderSettings,
  ConnectorSettings,
  CookieSettings,
  GoogleDirectorySettings,
  GoogleProviderSettings,
  LastGoodPlace,
  Loaded,
  LoggingSettings,
  LogLevel,
  MetricsSettings,
  OidcProviderSettings,
  OktaProviderSettings,
  ProviderSettings,
  ProxySettings,
  S3Object,
  SecretList,
  ServerSettings,
  GoogleServiceAccount,
  StoreSettings,
  Survey,
  UpstreamAddress,
  UpstreamDefaults,
  UpstreamSource,
  WebScheme,
  WorkloadIdentity,
} from './settings.ts';
