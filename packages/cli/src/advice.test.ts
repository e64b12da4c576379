import { AdminError } from '@org/admin';
import { expect, test } from 'vitest';
import { explain } from './failure.ts';
import { invocationOf } from './invocation.ts';

const invocation = invocationOf({}, () => ({ local: 'http://127.0.0.1:8787' }));
const explained = (error: AdminError) => explain(error, invocation);

test('what stands in the way is said with the command that goes on', () => {
  expect(explained(new AdminError('no_such_key', { key: 'app', stack: 'bedrock-proxy-dev' }))).toEqual({
    text:
      'There is no key "app" in bedrock-proxy-dev.\n' +
      'See them with: npm run proxy -- keys list --local http://127.0.0.1:8787',
    exitCode: 1,
  });
});

test('every fault of a file of teams is a line', () => {
  const issues = [
    { path: '0.paln', message: 'is not a field of the file; remove it' },
    { path: '1.name', message: 'is missing' },
  ];
  const { text } = explained(new AdminError('invalid_teams', { source: 'teams.json', issues }));
  expect(text).toBe(
    'teams.json is not a list of teams.\n  0.paln: is not a field of the file; remove it\n  1.name: is missing',
  );
});
