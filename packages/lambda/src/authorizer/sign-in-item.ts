import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';

/** What the partition keys of these items begin with. Of the functions, only the authorizer may read them. */
export const signInPrefix = 'sign-in#';

/** Where the item is that has the API key of a team's signed-in callers. */
export function signInItemKey(team: string): Record<'pk' | 'sk', AttributeValue.SMember> {
  return { pk: { S: `${signInPrefix}${team}` }, sk: { S: 'key' } };
}

/** The API key that API Gateway counts a team's signed-in callers by. Nobody but the authorizer ever sends it. */
export const SignInItem = z.object({
  /** The key itself. */
  value: z.object({ S: z.string() }),
  keyId: z.object({ S: z.string() }),
});
