import { z } from 'zod';
import { parseJsonObject } from '../json.ts';
import type { GoogleAdmin } from './google-admin.ts';
import type { NoRoster, Roster } from './roster.ts';

// As with a list of groups, an empty answer of somebody else's would take everybody out.
const page = z.object({
  kind: z.literal('admin#directory#members'),
  members: z
    .array(
      z.object({ email: z.string().optional(), type: z.string().optional(), status: z.string().optional() }),
    )
    .default([]),
  nextPageToken: z.string().min(1).optional(),
});

const perPage = '200';
const fields = 'kind,nextPageToken,members(email,type,status)';
const mostPages = 10;

/**
 * Lists who is in a group at Google (`members.list`).
 *
 * @param options.nested whether those count who are in it through other groups
 * @throws HttpError `provider_unavailable`
 */
export function listMembers(
  { get, unreadable }: GoogleAdmin,
  { nested }: { nested: boolean },
): (group: string) => Promise<Roster | NoRoster> {
  return async function list(group) {
    const people = new Set<string>();
    let pageToken: string | undefined;
    for (let pages = 1; pages <= mostPages; pages++) {
      const query = new URLSearchParams({
        maxResults: perPage,
        fields,
        ...(nested && { includeDerivedMembership: 'true' }),
        ...(pageToken !== undefined && { pageToken }),
      });
      const { status, body } = await get(`groups/${encodeURIComponent(group)}/members?${query.toString()}`);
      if (status === 403) return 'refused';
      // Of a group that does not exist, the question about a person tells.
      if (status === 400 || status === 404) return 'absent';
      const read = status === 200 ? page.safeParse(parseJsonObject(body)).data : undefined;
      if (read === undefined) throw unreadable(`an answer that cannot be read, status ${status}`);
      for (const { email, type, status: standing = 'ACTIVE' } of read.members) {
        // All of the domain are in it, and none of them is named.
        if (type === 'CUSTOMER') return 'everybody';
        if (email !== undefined && standing === 'ACTIVE') people.add(email.toLowerCase());
      }
      pageToken = read.nextPageToken;
      if (pageToken === undefined) return { people, pages };
    }
    return 'too_large';
  };
}
