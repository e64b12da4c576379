import * as z from 'zod/mini';
import { invalid } from './exception.ts';
import { type Completion, noAnswer } from './model/answer.ts';
import { type Prompt, questionOf } from './model/prompt.ts';

/** A question with this word is blocked by every guardrail. */
export const blockedWord = 'BLOCKED';

/** A guardrail's answer in place of the model's. */
export const blockedMessage = 'Sorry, the guardrail of the simulated Bedrock blocks this question.';

/**
 * The guardrail that a call names. Every guardrail exists, except those in an `unknown-guardrail` fault.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailConfiguration.html
 */
export const GuardrailConfig = z.strictObject({
  guardrailIdentifier: z
    .string()
    .check(z.regex(/^([a-z0-9]+|arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail\/[a-z0-9]+)$/)),
  guardrailVersion: z.string().check(z.regex(/^([1-9][0-9]{0,7}|DRAFT)$/)),
  trace: z.optional(z.enum(['enabled', 'disabled', 'enabled_full'])),
});

export const GuardrailStreamConfig = z.extend(GuardrailConfig, {
  streamProcessingMode: z.optional(z.enum(['sync', 'async'])),
});

export type Guardrail = z.infer<typeof GuardrailConfig>;

export function refuseUnknownGuardrail(
  guardrail: Guardrail | undefined,
  unknownId: string | undefined,
): void {
  if (guardrail !== undefined && guardrail.guardrailIdentifier === unknownId) {
    throw invalid('The guardrail identifier or version provided in the request does not exist.');
  }
}

export function blocks(guardrail: Guardrail | undefined, prompt: Prompt): boolean {
  return guardrail !== undefined && (prompt.guarded ?? questionOf(prompt)).includes(blockedWord);
}

/** The model did not run, so no tokens are counted. */
export const blockedCompletion: Completion = {
  ...noAnswer,
  blocks: [{ kind: 'text', deltas: [blockedMessage] }],
  stopReason: 'guardrail_intervened',
};

/**
 * The part of an answer about the guardrail, if the call asked for it.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html
 */
export function traceOf(guardrail: Guardrail | undefined, { stopReason }: Completion): object {
  if (guardrail === undefined || !guardrail.trace?.startsWith('enabled')) return {};
  const assessment =
    stopReason === 'guardrail_intervened'
      ? { wordPolicy: { customWords: [{ match: blockedWord, action: 'BLOCKED' }], managedWordLists: [] } }
      : {};
  return { trace: { guardrail: { inputAssessment: { [guardrail.guardrailIdentifier]: assessment } } } };
}
