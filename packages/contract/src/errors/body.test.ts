import { describe, expect, test } from '@jest/globals';
import { errorJson } from './body.ts';
import { errors } from './table.ts';

const requestId = 'req-4f1c';

describe('the error body', () => {
  test('names the error, the reason, the text and the request, and what else it is given', () => {
    const body = errorJson({
      code: 'not_signed_in',
      requestId,
      reason: 'session_expired',
      sign_in_url: 'https://sso.example.com/google/sign_in',
    });

    expect(body).toEqual({
      error: 'not_signed_in',
      reason: 'session_expired',
      message: errors.not_signed_in.sentence,
      request_id: requestId,
      sign_in_url: 'https://sso.example.com/google/sign_in',
    });
  });

  test('has no reason where there is none', () => {
    expect('reason' in errorJson({ code: 'not_found', requestId })).toBe(false);
  });
});
