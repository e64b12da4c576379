import type { InvokeModelCommandInput } from '@aws-sdk/client-bedrock-runtime';
import * as z from 'zod/mini';
import type { ModelCall, ModelReply } from '../../call/call.ts';
import type { BodyFormat } from './body-format.ts';

/**
 * A call as InvokeModel and InvokeModelWithResponseStream take it.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
 */
export function invokeRequest(call: ModelCall, format: BodyFormat): InvokeModelCommandInput {
  const { guardrail } = call;
  return {
    modelId: call.modelId,
    contentType: 'application/json',
    accept: 'application/json',
    body: JSON.stringify(format.request(call)),
    ...(guardrail && { guardrailIdentifier: guardrail.id, guardrailVersion: guardrail.version }),
    requestMetadata: JSON.stringify(call.metadata),
  };
}

const Intervention = z.object({ 'amazon-bedrock-guardrailAction': z.literal('INTERVENED') });

/**
 * Bedrock adds to every family's body whether a guardrail intervened.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-input-tagging-base-inference.html
 */
export function withIntervention(reply: ModelReply, body: unknown): ModelReply {
  return z.safeParse(Intervention, body).success ? { ...reply, stopReason: 'guardrail_intervened' } : reply;
}
