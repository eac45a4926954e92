export type { DeprecatedName } from './findings.ts';
export { loadAuthSettings } from './load-auth.ts';
export { loadProxySettings } from './load-proxy.ts';
export { renderConfigurationReference } from './reference.ts';
export type { ReadFile } from './secret-file.ts';
export type {
  AuthSettings,
  ClientSettings,
  CookieSettings,
  GoogleProviderSettings,
  Loaded,
  LoggingSettings,
  LogLevel,
  OidcProviderSettings,
  ProviderSettings,
  ProxySettings,
  SecretList,
  ServerSettings,
  UpstreamDefaults,
  WebScheme,
} from './settings.ts';
