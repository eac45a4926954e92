/** What is known of a build once it is done. Digests are SHA-256 in hexadecimal. */
export type Built = {
  readonly name: string;
  /** of the image's configuration: the ID that `docker image inspect` shows, in every registry the same */
  readonly image: string;
  readonly sbom: string;
  readonly lockfile: string;
  readonly bases: readonly { readonly name: string; readonly digest: string }[];
  readonly version: string;
  readonly revision: string;
  readonly began: Date;
  readonly ended: Date;
};

/** How an image was built, as a statement that is not signed: in-toto v1, SLSA provenance v1 (https://slsa.dev/spec/v1.0/provenance). */
export function provenanceOf(built: Built) {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: built.name, digest: { sha256: built.image } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'urn:latchkey:deploy/images/build.ts:v1',
        externalParameters: {
          dockerfile: 'deploy/images/Dockerfile',
          buildArgs: { VERSION: built.version, REVISION: built.revision },
        },
        resolvedDependencies: [
          { uri: 'git+urn:latchkey', digest: { gitCommit: built.revision } },
          { name: 'pnpm-lock.yaml', digest: { sha256: built.lockfile } },
          ...built.bases.map(({ name, digest }) => ({ uri: `docker://${name}`, digest: { sha256: digest } })),
        ],
      },
      runDetails: {
        builder: { id: 'urn:latchkey:local-build-script' },
        metadata: { startedOn: built.began.toISOString(), finishedOn: built.ended.toISOString() },
        byproducts: [{ name: 'sbom.cdx.json', digest: { sha256: built.sbom } }],
      },
    },
  };
}
