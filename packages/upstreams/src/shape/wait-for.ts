import { z } from 'zod';
import { quote } from '../problems.ts';
import { mappingOption } from './mapping.ts';
import type { Values } from './mapping.ts';
import { described, problem, scalar } from './reader.ts';
import type { About, FieldReader, Located } from './reader.ts';
import { duration } from './values.ts';

const pathAdvice = 'Write a path that begins with `/`, percent-encoded where necessary: `/login`';
const expectAdvice = 'Write a status or a range from 200 to 599: `200` or `200-399`';
const statusPattern = /^(?<least>[2-5]\d\d)(?:-(?<most>[2-5]\d\d))?$/;

const fields = {
  path: waitPath({
    meaning: 'What the application is asked for, as it stands here. None: as if `wait_for` were not written.',
    example: '/login',
  }),
  timeout: duration(
    {
      meaning:
        'How long the start may wait. After that the process ends, so that its platform starts it again.',
      default: '60s',
      example: '2m',
    },
    ['60s', '2m'],
  ),
  expect: statuses({
    meaning: 'The statuses that count as an answer: one, or a range.',
    default: '200-399',
    example: '200',
  }),
};

/** `wait_for` of a route, as read. */
export type WrittenWait = Values<typeof fields>;

/** `wait_for` of a route. */
export const waitFor = mappingOption(
  'wait_for',
  'What the application has to answer before the proxy is ready, at its start. Default: nothing.',
  fields,
  {
    meaning:
      'What the application has to answer before the proxy is ready, at its start: `GET` of `path` has to be answered with a status within `expect` (default `200-399`) before `timeout` (default `60s`) is over. Redirects are not followed.',
    default: 'none',
    type: '`path`, and if need be `timeout` and `expect`',
    example: '{ path: /login, timeout: 60s, expect: 200-399 }',
  },
);

function waitPath(about: About): FieldReader<Located<string>> {
  const json = {
    type: 'string',
    pattern: '^(/[!$-~]*)?$',
    errorMessage: pathAdvice,
    ...described(about),
    examples: [about.example],
  };
  const type = z.string().refine(
    (text) => /^(?:\/[!$-~]*)?$/.test(text),
    problem('waitUnusable', (text) => `${quote(text)} cannot be requested. ${pathAdvice}`),
  );
  return { ...scalar(json, type), about: { ...about, type: 'text' } };
}

function statuses(about: About): FieldReader<Located<{ least: number; most: number }>> {
  const json = {
    type: ['string', 'number'],
    pattern: '^[2-5][0-9][0-9](-[2-5][0-9][0-9])?$',
    minimum: 200,
    maximum: 599,
    errorMessage: expectAdvice,
    ...described(about),
    examples: ['200-399', '200'],
  };
  const type = z.string().transform((text, context): { least: number; most: number } => {
    const found = statusPattern.exec(text)?.groups;
    const least = Number(found?.['least']);
    const most = Number(found?.['most'] ?? least);
    if (least <= most) return { least, most };
    const message = `${quote(text)} is not a range of statuses. ${expectAdvice}`;
    context.addIssue({ code: 'custom', message, params: { problem: 'waitUnusable' } });
    return z.NEVER;
  });
  return { ...scalar(json, type), about: { ...about, type: 'text' } };
}
