import type { ModelDefinition } from '@org/models';
import type { CountableCall, Target } from '../call/upstream.ts';
import { at, type Json } from '../json.ts';
import { converseBody } from './converse/request.ts';
import { malformedReply } from './failure.ts';
import { invokeMessages } from './invoke/messages.ts';
import type { BedrockRequest } from './operation.ts';

/**
 * The CountTokens request for a call's input. It takes the foundation model's id, never that of an inference profile.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html#API_runtime_CountTokens_RequestSyntax
 */
export function countRequest({ modelId }: ModelDefinition, call: CountableCall): BedrockRequest {
  return {
    modelId,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ input: inputOf(call, { modelId, metadata: {} }) })),
  };
}

function inputOf(call: CountableCall, target: Target): object {
  switch (call.kind) {
    case 'chat': {
      const { messages, system, toolConfig, additionalModelRequestFields } = converseBody(call, target);
      return { converse: { messages, system, toolConfig, additionalModelRequestFields } };
    }
    case 'messages': {
      const { body } = invokeMessages(call, target);
      return { invokeModel: { body: Buffer.from(JSON.stringify(body)).toString('base64') } };
    }
  }
}

/** @throws {ProxyError} If it is not a number of tokens. */
export function readCount(answer: Json): number {
  const tokens = at(answer, 'inputTokens');
  if (typeof tokens !== 'number' || !Number.isSafeInteger(tokens) || tokens < 0) throw malformedReply();
  return tokens;
}
