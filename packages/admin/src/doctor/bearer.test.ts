import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import { checkBearer } from './bearer.ts';

test('keys that are read from x-api-key only are a warning that says who sends them otherwise', () => {
  expect(checkBearer(parseProxyConfig({ ...shipped, bearer: false }))).toEqual([
    {
      check: 'bearer',
      status: 'warning',
      what: expect.stringContaining("OpenAI's"),
      remedy: { kind: 'advice', text: expect.stringContaining('x-api-key') },
    },
  ]);
});

test('bearer tokens are taken by default, and with sign-in anyway', () => {
  expect(checkBearer(shipped)).toEqual([]);
  const signIn = { cognito: 'create' };
  expect(checkBearer(parseProxyConfig({ ...shipped, bearer: false, signIn }))).toEqual([]);
});
