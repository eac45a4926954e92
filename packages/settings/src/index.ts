export { parseServiceAccount } from './inline-document.ts';
export type { DeprecatedName } from './findings.ts';
export { loadAuthSettings } from './load-auth.ts';
export { loadProxySettings } from './load-proxy.ts';
export { renderConfigurationReference } from './reference.ts';
export { readSecretFile, readSmallFile } from './secret-file.ts';
export type { ReadFile } from './secret-file.ts';
export type {
  AuthSettings,
  ClientSettings,
  CognitoProviderSettings,
  CookieSettings,
  GoogleDirectorySettings,
  GoogleProviderSettings,
  Loaded,
  LoggingSettings,
  LogLevel,
  MetricsSettings,
  OidcProviderSettings,
  OktaProviderSettings,
  ProviderSettings,
  ProxySettings,
  SecretList,
  ServerSettings,
  ServiceAccount,
  UpstreamDefaults,
  WebScheme,
} from './settings.ts';
