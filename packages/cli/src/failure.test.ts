import { AdminError } from '@org/admin';
import { expect, test } from 'vitest';
import { CliError } from './cli-error.ts';
import { explain } from './failure.ts';
import { invocationOf } from './invocation.ts';

const explained = (error: unknown, options: { readonly local?: string } = {}) =>
  explain(
    error,
    invocationOf(() => options),
  );

const named = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name }, more);

test('our own errors say what happened and what to do', () => {
  expect(explained(new CliError('It broke.', 'Fix it.'))).toEqual({
    text: 'It broke.\nFix it.',
    exitCode: 1,
  });
});

test.each([
  ['ExpiredTokenException', /Sign in/],
  ['UnrecognizedClientException', /Region of the config is enabled/],
  ['AccessDeniedException', /docs\/keys\.md/],
  ['TooManyRequestsException', /10 management calls/],
  ['LimitExceededException', /10,000 API keys/],
])('%s of AWS says what to do', (name, advice) => {
  const { text = '', exitCode } = explained(named(name, 'as AWS says it'));
  expect(text).toMatch(new RegExp(`^${name}: as AWS says it\n`));
  expect(text).toMatch(advice);
  expect(exitCode).toBe(1);
});

test('for a host with several addresses, the first failure is reported', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:8000'), { code: 'ECONNREFUSED' });
  const { text } = explained(new AggregateError([refused, new Error('another')]));
  expect(text).toMatch(/^connect ECONNREFUSED ::1:8000\nNothing listens /);
});

test('a connection that fails may have only a code', () => {
  expect(explained(named('Error', '', { code: 'EAI_AGAIN' })).text).toMatch(
    /^EAI_AGAIN\nCheck the network\./,
  );
});

test('any other error shows its name and message, and no attached data', () => {
  const error = named('Strange', 'something', { $response: { headers: { authorization: 'secret' } } });
  expect(explained(error).text).toBe('Strange: something');
  expect(explained('a string').text).toBe('a string');
});

test('an error names the next command, on the same deployment', () => {
  const error = new AdminError('no_such_key', { key: 'app', stack: 'bedrock-proxy-dev' });
  expect(explained(error, { local: 'http://127.0.0.1:8787' })).toEqual({
    text: 'There is no key "app" in bedrock-proxy-dev.\n' + 'See them with: ./proxy keys list --local',
    exitCode: 1,
  });
});

test('every fault of a teams file is one line', () => {
  const issues = [
    { path: '0.paln', message: 'is not a field of the file; remove it' },
    { path: '1.name', message: 'is missing' },
  ];
  const { text } = explained(new AdminError('invalid_teams', { source: 'teams.json', issues }));
  expect(text).toBe(
    'teams.json has mistakes.\n  0.paln: is not a field of the file; remove it\n  1.name: is missing',
  );
});
