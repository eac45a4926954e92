import { errorJson } from '@latchkey/contract';
import { testLinearTime } from '@latchkey/testing/linear-time';
import { errorPage, renderPage } from './index.ts';

testLinearTime([
  [
    'a page',
    (text) => renderPage(errorPage({ code: 'access_denied', requestId: 'id', facts: [['Path', text]] })),
  ],
  [
    'an error as JSON',
    (text) => JSON.stringify(errorJson({ code: 'not_signed_in', requestId: 'id', sign_in_url: text })),
  ],
]);
