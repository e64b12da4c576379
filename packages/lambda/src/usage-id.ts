import { createHash } from 'node:crypto';

/** What ids look like. A mail address, a name with a space and an object in JSON do not. */
const id = /^[\w.:-]{1,64}$/;

/**
 * The id under which a person or a customer is counted and logged: an opaque id as it is; for any other name, which may
 * be a mail address, `sha256:` and the first 32 hexadecimal digits of its SHA-256. The same name always has the same id.
 *
 * @param name As the caller or the token has it. An empty one has no id.
 * @example usageId('ann@example.com') // 'sha256:71d4f55f72fa128dfb468a1a3901507c'
 */
export function usageId(name: string | null | undefined): string | undefined {
  if (!name) return undefined;
  return id.test(name) ? name : hashed(name);
}

/** The hash of a {@link usageId}, for readers outside of the account: opaque ids are hashed too. */
export function hiddenId(usageId: string): string {
  return usageId.startsWith('sha256:') ? usageId : hashed(usageId);
}

function hashed(name: string): string {
  return `sha256:${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}
