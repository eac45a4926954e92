export { gapSignature, parseGapKey } from './gap-signature.ts';
export type { GapAlgorithm, GapKey } from './gap-signature.ts';
export { identityHeaders } from './headers.ts';
export type { HeaderList, Identity } from './headers.ts';
export { foldName, isReserved } from './names.ts';
export { decodedPath, gapSignedText, ssoSignedText } from './signed-request.ts';
export type { SignedRequest } from './signed-request.ts';
export { certs, loadRsaSigner, ssoSignature } from './sso-signature.ts';
export type { RsaSigner } from './sso-signature.ts';
