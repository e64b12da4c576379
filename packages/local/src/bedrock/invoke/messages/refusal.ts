import { type BedrockException, invalid } from '../../exception.ts';
import type { Issue } from '../../request-body.ts';
import { claudeIssue } from '../../rules/claude-issue.ts';

/** Refuses a body in Claude's words, by the first problem in it. */
export function refusalOf(body: unknown) {
  return ([issue]: readonly Issue[]): BedrockException =>
    invalid(issue ? claudeIssue(issue, claudePath(issue.path, body)) : 'Invalid request');
}

/** Claude's paths also name the kind of block, tool or cache control. */
function claudePath(path: readonly PropertyKey[], body: unknown): PropertyKey[] {
  let value = body;
  return path.flatMap((key, index) => {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
    if (key === 'cache_control') return [key, 'ephemeral'];
    const tag = typeof value === 'object' && value !== null ? Reflect.get(value, 'type') : undefined;
    return path[index - 1] === 'content' && typeof tag === 'string' ? [key, tag] : [key];
  });
}
