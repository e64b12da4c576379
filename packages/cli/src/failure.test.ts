import { expect, test } from 'vitest';
import { CliError } from './cli-error.ts';
import { explain } from './failure.ts';
import { invocationOf } from './invocation.ts';

const explained = (error: unknown) =>
  explain(
    error,
    invocationOf({}, () => ({})),
  );

const named = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name }, more);

test('a failure of ours says what happened and what to do', () => {
  expect(explained(new CliError('It broke.', 'Mend it.'))).toEqual({
    text: 'It broke.\nMend it.',
    exitCode: 1,
  });
});

test.each([
  ['ExpiredTokenException', /Sign in.*--local/],
  ['UnrecognizedClientException', /Sign in/],
  ['AccessDeniedException', /docs\/keys\.md/],
  ['TooManyRequestsException', /Run it again/],
  ['LimitExceededException', /10,000 API keys/],
])('%s of AWS says what to do', (name, advice) => {
  const { text = '', exitCode } = explained(named(name, 'as AWS says it'));
  expect(text).toMatch(new RegExp(`^${name}: as AWS says it\n`));
  expect(text).toMatch(advice);
  expect(exitCode).toBe(1);
});

test('missing credentials are said without the name of a class', () => {
  const { text = '' } = explained(named('CredentialsProviderError', 'Could not load credentials'));
  expect(text).toMatch(/^Could not load credentials\nSign in/);
});

test('a connection that fails has only a code', () => {
  const { text } = explained(named('AggregateError', '', { code: 'ECONNREFUSED' }));
  expect(text).toBe('AggregateError: ECONNREFUSED\nNothing listens there. Start it, or check the address.');
});

test('of any other error there is its name and message, and nothing that is attached to it', () => {
  const error = named('Strange', 'something', { $response: { headers: { authorization: 'secret' } } });
  expect(explained(error).text).toBe('Strange: something');
  expect(explained('a text').text).toBe('a text');
});
