export {
  assertedFacts,
  assertionHeader,
  assertionHeaderName,
  ownClaims,
  signAssertion,
} from './assertion.ts';
export type { AddedClaim, AssertedPerson, AssertionSigner, AssertionSubject } from './assertion.ts';
export { jwks, loadAccessTokenKeys, loadAssertionKeys } from './assertion-keys.ts';
export type { AssertionKey } from './assertion-keys.ts';
export { gapSignature, parseGapKey } from './gap-signature.ts';
export type { GapAlgorithm, GapKey } from './gap-signature.ts';
export { accessTokenHeader, identityHeaders, tokenHeaders } from './headers.ts';
export type { HeaderList, Identity } from './headers.ts';
export { createKeySet, KeysAway } from './key-set.ts';
export type { KeySet } from './key-set.ts';
export { deviceHeadersOfBalancer, foldName, isAboutDevice, isReserved } from './names.ts';
export { decodedPath, gapSignedText, ssoSignedText } from './signed-request.ts';
export type { SignedRequest } from './signed-request.ts';
export { readSigningKeys } from './signing-keys.ts';
export type { KeyProblem, SigningKeys } from './signing-keys.ts';
export { certs, ssoSignature } from './sso-signature.ts';
export type { RsaSigner } from './sso-signature.ts';
export { machineFacts, personFacts, UncertifiableError } from './client-certificate/facts.ts';
export type { CertifiedFacts, Template } from './client-certificate/facts.ts';
export { issueClientCertificate } from './client-certificate/issue.ts';
export type { Certified, CertificateAuthority, ClientCertificate } from './client-certificate/issue.ts';
export { signatureAlgorithm } from './client-certificate/signature.ts';
export { parseSanUri, sanUriOf } from './client-certificate/san-uri.ts';
export { parseSubject, subjectAttributes, subjectOf } from './client-certificate/subject.ts';
export type { Subject, SubjectTemplate } from './client-certificate/subject.ts';
export {
  authorityLine,
  PrincipalError,
  principalProblem,
  principalsOf,
  readSshAuthority,
  readUserKey,
  signSshCertificate,
  userKeyTexts,
} from './ssh/index.ts';
export type { SshAuthority } from './ssh/index.ts';
