import { parseJson } from '@org/contract';
import * as z from 'zod/mini';

/** An authorizer's decision about a request. */
export interface Authorization {
  readonly verdict: 'allowed' | 'denied' | 'not-allowed';
  readonly principalId: string | undefined;
  /** Value of the API key that the caller counts as. */
  readonly apiKey: string | undefined;
  readonly context: Readonly<Record<string, string>>;
}

const texts = z.union([z.string(), z.array(z.string())]);

const AuthorizerResult = z.object({
  principalId: z.optional(z.string()),
  // Strict: ignoring a condition would let callers in.
  policyDocument: z.object({
    Statement: z.array(
      z.strictObject({
        Sid: z.optional(z.string()),
        Action: texts,
        Effect: z.enum(['Allow', 'Deny']),
        Resource: texts,
      }),
    ),
  }),
  context: z.nullish(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  usageIdentifierKey: z.nullish(z.string()),
});

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html */
const longestResource = 512;

/** Reads an authorizer's result; undefined for one that API Gateway would not take. */
export function readAuthorizerResult(payload: string, methodArn: string): Authorization | undefined {
  const result = z.safeParse(AuthorizerResult, parseJson(payload));
  if (!result.success) return undefined;
  const { principalId, policyDocument, context, usageIdentifierKey } = result.data;
  const statements = policyDocument.Statement.map((statement) => ({
    ...statement,
    actions: [statement.Action].flat(),
    resources: [statement.Resource].flat(),
  }));
  if (statements.some(({ resources }) => resources.some(({ length }) => length > longestResource)))
    return undefined;
  const effects = statements
    .filter(({ actions }) => actions.some((action) => matches(action.toLowerCase(), 'execute-api:invoke')))
    .filter(({ resources }) => resources.some((resource) => matches(resource, methodArn)))
    .map(({ Effect }) => Effect);
  const allowed = effects.includes('Allow') ? 'allowed' : 'not-allowed';
  return {
    verdict: effects.includes('Deny') ? 'denied' : allowed,
    principalId,
    apiKey: usageIdentifierKey ?? undefined,
    context: Object.fromEntries(Object.entries(context ?? {}).map(([name, value]) => [name, String(value)])),
  };
}

/** `*` stands for any characters, slashes and colons included, and `?` for one. */
function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .split(/([*?])/)
    .map((part) => ({ '*': '.*', '?': '.' })[part] ?? RegExp.escape(part))
    .join('');
  return new RegExp(`^${expression}$`, 's').test(text);
}
