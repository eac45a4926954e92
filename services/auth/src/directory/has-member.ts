import type { Answer } from '@latchkey/http';
import { parseJsonObject } from '../json.ts';
import type { AskGroups, DirectoryAnswer } from './directory.ts';
import { errorOf } from './google-admin.ts';
import type { GoogleAdmin } from './google-admin.ts';

/** Asks Google whether a person is in one group (`members.hasMember`). Groups inside of groups count. */
export function askHasMember({ get, unreadable, mention }: GoogleAdmin): AskGroups {
  return async function ask(group, person) {
    const answer = await get(pathOf(group, 'hasMember', person));
    if (answer.status === 200) return isMember(answer) ? [group] : [];
    // Google answers about people of the group's own domains only; of others it tells whether they are direct members.
    if (answer.status === 400) return ifActiveMember(group, await get(pathOf(group, 'members', person)));
    return withoutAnswer(group, answer);
  };

  function ifActiveMember(group: string, answer: Answer): DirectoryAnswer {
    if (answer.status === 200) return fieldOf(answer, 'status') === 'ACTIVE' ? [group] : [];
    if (answer.status === 400) {
      mention('warn', 'allowed_groups names what Google takes for no group', { group });
      return [];
    }
    return withoutAnswer(group, answer);
  }

  function withoutAnswer(group: string, answer: Answer): DirectoryAnswer {
    if (answer.status === 404) {
      if (!isAboutMember(answer)) {
        mention('warn', 'allowed_groups names a group that the directory does not have', { group });
      }
      return [];
    }
    if (answer.status === 403) {
      mention('error', 'Google does not let us see who is in a group that allowed_groups names', { group });
      return 'withheld';
    }
    throw unreadable(`status ${answer.status}`);
  }

  function isMember(answer: Answer): boolean {
    const value = fieldOf(answer, 'isMember');
    // JSON of Google may leave out what is false.
    if (value === false || value === undefined) return false;
    if (value === true) return true;
    throw unreadable('an answer that cannot be read');
  }
}

function pathOf(group: string, what: 'hasMember' | 'members', person: string): string {
  return `groups/${encodeURIComponent(group)}/${what}/${encodeURIComponent(person)}`;
}

function fieldOf({ body }: Answer, name: string): unknown {
  return parseJsonObject(body)?.[name];
}

function isAboutMember(answer: Answer): boolean {
  return /\bmemberKey\b/.test(errorOf(answer)?.message ?? '');
}
