/** One thing in a bill of materials: https://cyclonedx.org/docs/1.6/json/#components */
export type Component = {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly 'bom-ref': string;
  readonly cpe?: string;
  readonly group?: string;
  readonly licenses?: readonly Licence[];
  readonly externalReferences?: readonly Reference[];
};

type Licence = {
  readonly license?: { readonly id?: string; readonly name?: string };
  readonly expression?: string;
};

type Reference = {
  readonly type: string;
  readonly url: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
};

/** A bill of materials, as far as something here reads or writes it. */
export type Bom = {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly metadata: {
    readonly timestamp: string;
    readonly component: Pick<Component, 'type' | 'name' | 'version' | 'bom-ref' | 'licenses'>;
  };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
};
