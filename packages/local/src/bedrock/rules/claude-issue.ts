import type { Issue } from '../request-body.ts';

/** A body's problem, in Claude's words. */
export function claudeIssue(issue: Issue, path: readonly PropertyKey[] = issue.path): string {
  const at = (...more: readonly PropertyKey[]) => [...path, ...more].map(String).join('.');
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${at(...issue.keys.slice(0, 1))}: Extra inputs are not permitted`;
    case 'invalid_type':
      return issue.input === undefined
        ? `${at()}: Field required`
        : `${at()}: Input should be a valid ${issue.expected}`;
    case 'invalid_value':
      return `${at()}: Input should be ${issue.values.map((value) => `'${String(value)}'`).join(' or ')}`;
    case 'too_small':
      return `${at()}: Input should be greater than or equal to ${issue.minimum}`;
    case 'too_big':
      return `${at()}: Input should be less than or equal to ${issue.maximum}`;
    case 'invalid_format':
      return `${at()}: String should match pattern '${issue.pattern?.slice(1, -1)}'`;
    default:
      return `${at()}: ${issue.message}`;
  }
}
