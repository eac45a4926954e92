// Anyone who uploaded over a slow line was shown 504 after `timeout`, although the upload still flowed.
import { expect, test } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { request } from 'undici';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  upstreams: `
- service: hello
  default:
    from: hello.latchkey.localhost
    to: {{app}}
    options: { allowed_email_domains: [example.com], skip_auth_regex: ['^/'], timeout: 300ms }`,
});

function upload(body: PassThrough) {
  return request(`http://127.0.0.1:${the.stack.ports.proxy}/`, {
    method: 'POST',
    headers: { host: 'hello.latchkey.localhost' },
    body,
  });
}

test('the time for the answer begins when the upload has ended', async () => {
  const body = new PassThrough();
  const answer = upload(body);
  // One piece each time the one before has arrived, and a pause: in all longer than the answer may take.
  for (const piece of ['one', 'two', 'three', 'four']) {
    body.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  body.end();
  const { statusCode, body: said } = await answer;
  await said.dump();
  expect(statusCode).toBe(200);
  expect(the.stack.app.received[0]?.body).toBe('onetwothreefour');
});

test('an answer that does not come after the upload is still 504', async () => {
  the.stack.app.answer = () => undefined;
  const body = new PassThrough();
  body.end('all of it');
  const { statusCode, body: said } = await upload(body);
  await said.dump();
  expect(statusCode).toBe(504);
});
