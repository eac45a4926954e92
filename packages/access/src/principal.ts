import type { VisitorReason } from './reasons.ts';

/** A person whom auth vouches for. */
export type Person = {
  readonly kind: 'person';
  /** verified, lower-cased */
  readonly email: string;
  /** among the groups that routes name; undefined where they cannot be known now */
  readonly groups: readonly string[] | undefined;
  /** which groups were asked about; absent where all were, so that a group not in `groups` is one without this person */
  readonly askedGroups?: readonly string[];
  /** nobody says which groups they are in: lists take that for none, and a rule cannot be decided by it */
  readonly groupsUnknown?: true;
  /** what they let a program do in their name; absent where nothing limits them, as in a browser */
  readonly scopes?: readonly string[];
  /** the client id of that program, and who issued its token */
  readonly client?: string;
  readonly issuer?: string;
  /** the provider's stable id of the person */
  readonly subject?: string;
  /** the slug of the provider that vouched */
  readonly idp?: string;
  /** when the provider last had them prove who they are, in seconds since the epoch, where it has said so itself */
  readonly authTime?: number;
  /** how they did, in words of RFC 8176, likewise */
  readonly amr?: readonly string[];
};

/** A program that has shown a credential of its own. It is nobody's session, and no person. */
export type Machine = {
  readonly kind: 'machine';
  /** what logs call it; never an e-mail address, so that it is taken for no person */
  readonly name: string;
  /** those that its credential puts it in */
  readonly groups: readonly string[];
  /** what its credential lets it do */
  readonly scopes: readonly string[];
  /** who vouches for it; with `subject` it is one and the same machine */
  readonly issuer?: string;
  readonly subject?: string;
  /** the client id that its credential was given to */
  readonly client?: string;
  /** the ARN of the AWS role that it works in */
  readonly awsRole?: string;
  /** what its token says, all of it */
  readonly claims?: Readonly<Record<string, unknown>>;
};

/** A client that has shown no credential that counts, and why it does not. */
export type Visitor = {
  readonly kind: 'visitor';
  readonly why: VisitorReason;
  /** for the log: whose session it is that cannot be checked right now */
  readonly email?: string;
  /** likewise: what is wrong with what they have shown */
  readonly flaw?: string;
};

/** Who sends a request. */
export type Principal = Visitor | Person | Machine;

/** What logs and refusals call a principal; undefined where there is nothing to call it by. */
export function nameOf(principal: Principal): string | undefined {
  return principal.kind === 'machine' ? principal.name : principal.email;
}
