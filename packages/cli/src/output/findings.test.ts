import type { Remedy } from '@org/admin';
import { expect, test } from 'vitest';
import { invocationOf } from '../invocation.ts';
import { recordingTerminal } from '../testing/recording-terminal.ts';
import { describeFindings, findingText } from './findings.ts';

const invocation = invocationOf(() => ({}));
const bootstrap = {
  kind: 'bootstrap',
  account: '111122223333',
  region: 'us-east-1',
  qualifier: 'hnb659fds',
} as const;
const cdk = 'npm run cdk -- bootstrap aws://111122223333/us-east-1';

test.each<[remedy: Remedy, text: string | RegExp]>([
  [{ kind: 'advice', text: 'Look again.' }, 'Look again.'],
  [
    { kind: 'failure', cause: Object.assign(new Error('expired'), { name: 'ExpiredToken' }) },
    /aws sso login.*AWS_PROFILE/,
  ],
  [{ kind: 'failure', cause: 'of no known kind' }, /^Run this again/],
  [
    { ...bootstrap, present: 'none' },
    /^Once: npm run cdk -- bootstrap aws:\/\/111122223333\/us-east-1\. .*bootstrapQualifier/,
  ],
  [{ ...bootstrap, present: 'too old' }, /^Run .*--toolkit-stack-name.*: npm run cdk -- bootstrap/],
  [
    { ...bootstrap, qualifier: 'acme', present: 'none' },
    `Once: ${cdk} --qualifier acme --toolkit-stack-name CDKToolkit-acme`,
  ],
  [{ kind: 'set_log_role' }, /--set-log-role/],
  [{ kind: 'make_team', team: 'acme' }, /teams create acme --plan PLAN/],
  [{ kind: 'make_key', team: 'acme' }, /keys create NAME --team acme/],
  [
    { kind: 'choose_guardrail', plan: 'starter', region: 'us-east-1' },
    /plans\.starter\.guardrail.*aws bedrock list-guardrails --region us-east-1/,
  ],
])('what to do is said with its command: %j', (remedy, text) => {
  const finding = { check: 'credentials', status: 'error', what: 'wrong', remedy } as const;
  const { whatToDo } = findingText(finding, invocation);
  expect(whatToDo).toEqual(typeof text === 'string' ? text : expect.stringMatching(text));
});

test('a finding is a line, and below it what to do', () => {
  const remedy = { kind: 'advice', text: 'Take another.' } as const;
  expect(
    describeFindings(
      [
        { check: 'log_role', status: 'ok', what: 'arn' },
        { check: 'model', of: 'titan', status: 'warning', what: 'ended', remedy },
      ],
      recordingTerminal(),
      invocation,
    ),
  ).toBe('ok       API Gateway log role: arn\nwarning  model titan: ended\n         Take another.');
});
