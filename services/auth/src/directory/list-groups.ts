import { z } from 'zod';
import { parseJsonObject } from '../json.ts';
import type { AskGroups } from './directory.ts';
import type { GoogleAdmin } from './google-admin.ts';

const names = z.array(z.string()).default([]);

// What stands in between may say 200 as well, and an empty answer would take everybody out of every group: Google says what
// kind of answer it is.
const page = z.object({
  kind: z.literal('admin#directory#groups'),
  groups: z.array(z.object({ email: z.string(), aliases: names, nonEditableAliases: names })).default([]),
  nextPageToken: z.string().min(1).optional(),
});

// Google's own limit for a page. Descriptions of groups are long, and of no use here.
const perPage = 200;
const fields = 'kind,nextPageToken,groups(email,aliases,nonEditableAliases)';
// As many groups as a claim may have.
const mostPages = 10;

/**
 * Asks Google for all groups of a person (`groups.list` with a `userKey`): those that name them directly, whatever group is
 * asked about.
 */
export function askListOfGroups({ get, unreadable, mention }: GoogleAdmin): AskGroups {
  return async function ask(_group, person) {
    const found: string[] = [];
    let pageToken: string | undefined;
    for (let pages = 0; pages < mostPages; pages++) {
      const query = { userKey: person, maxResults: String(perPage), fields, ...(pageToken && { pageToken }) };
      const { status, body } = await get(`groups?${new URLSearchParams(query).toString()}`);
      if (status === 403) {
        mention('error', 'Google does not let us see the groups of people', {});
        return 'withheld';
      }
      // Nobody of this directory; they may have been deleted.
      if (status === 404) return [];
      if (status === 400) {
        mention('warn', 'Google takes an address for that of no person: they are in no group', {});
        return [];
      }
      const read = status === 200 ? page.safeParse(parseJsonObject(body)).data : undefined;
      if (read === undefined) throw unreadable(`an answer that cannot be read, status ${status}`);
      found.push(
        ...read.groups.flatMap((group) => [group.email, ...group.aliases, ...group.nonEditableAliases]),
      );
      pageToken = read.nextPageToken;
      if (pageToken === undefined) return found;
    }
    mention('error', 'a person is in more groups than we read: the others do not count', { user: person });
    return found;
  };
}
