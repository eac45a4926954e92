import { authorizationServerPaths as paths, deviceGrantType, tokenPath } from '@latchkey/contract';

/** What a program has to know of auth (RFC 8414, section 2). */
export function serverMetadata(
  issuer: string,
  { canRegister, takesDocuments }: { canRegister: boolean; takesDocuments: boolean },
): Readonly<Record<string, unknown>> {
  return {
    issuer,
    authorization_endpoint: issuer + paths.authorize,
    device_authorization_endpoint: issuer + paths.deviceAuthorization,
    token_endpoint: issuer + tokenPath,
    revocation_endpoint: issuer + paths.revoke,
    ...(canRegister && { registration_endpoint: issuer + paths.register }),
    jwks_uri: issuer + paths.keys,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token', deviceGrantType],
    token_endpoint_auth_methods_supported: ['none'],
    revocation_endpoint_auth_methods_supported: ['none'],
    code_challenge_methods_supported: ['S256'],
    client_id_metadata_document_supported: takesDocuments,
    authorization_response_iss_parameter_supported: true,
  };
}
