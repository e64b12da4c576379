import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import { checkBearer } from './bearer.ts';

test('if keys are read from x-api-key only, a warning names the clients that send them otherwise', () => {
  expect(checkBearer(parseProxyConfig({ ...shipped, bearer: false }))).toEqual([
    {
      check: 'bearer',
      status: 'warning',
      what: expect.stringContaining("OpenAI's"),
      remedy: { kind: 'advice', text: expect.stringContaining('x-api-key') },
    },
  ]);
});

test('bearer tokens are accepted by default, and always with sign-in', () => {
  expect(checkBearer(shipped)).toEqual([]);
  const signIn = { cognito: 'create' };
  expect(checkBearer(parseProxyConfig({ ...shipped, bearer: false, signIn }))).toEqual([]);
});
