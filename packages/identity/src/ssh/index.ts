export { signSshCertificate } from './certificate.ts';
export { authorityLine, readSshAuthority, readUserKey, userKeyTexts } from './keys.ts';
export type { SshAuthority } from './keys.ts';
export { PrincipalError, principalProblem, principalsOf } from './principals.ts';
