import * as z from 'zod/mini';
import { usageId } from '../../usage-id.ts';
import type { FieldRule } from '../field-table.ts';

/** What becomes of the fields that name the end user that a client asks for. */
export const customerRules = {
  safety_identifier: {
    fate: 'translated',
    note: 'The customer of the caller, by which the operator can divide usage. A value that does not look like an id, such as a mail address, is recorded only as a hash.',
  },
  user: { fate: 'translated', note: 'The same, if there is no `safety_identifier`.' },
} as const satisfies Readonly<Record<string, FieldRule>>;

export const customerFields = {
  safety_identifier: z.optional(z.string()),
  user: z.optional(z.string()),
} satisfies Readonly<Record<keyof typeof customerRules, z.ZodMiniType>>;

/** The customer that a request asks for. */
export function customerOf(request: {
  readonly safety_identifier?: string | undefined;
  readonly user?: string | undefined;
}): string | undefined {
  return usageId(request.safety_identifier) ?? usageId(request.user);
}
