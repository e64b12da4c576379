import { createHash } from 'node:crypto';

/**
 * Stands for an id that only a deployment knows. It is short, because Lambda's environment has 4 KB, and it follows from the
 * name alone: a deployment may change the code before the ids, and both must mean the same key.
 *
 * @param name Of the key, or of the plan and its model.
 */
export function tagOf(kind: 'key' | 'profile', ...name: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, ...name]))
    .digest('base64url')
    .slice(0, 6);
}

/** Stands for the start of the ARNs of the account's application inference profiles. */
export const profileArnTag = 'arn';

/** Stands for the host name of the bucket of prompts. */
export const promptHostTag = 'prompts';

/** Stands for the ARN of the topic of notices. */
export const noticeTopicTag = 'notices';
