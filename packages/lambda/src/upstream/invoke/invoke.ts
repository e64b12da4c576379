import type { Target } from '../../call/upstream.ts';
import { at, isJsonObject, type Json, type JsonObject, parseJson } from '../../json.ts';
import type { Exchange } from '../exchange.ts';
import { malformedReply } from '../failure.ts';

/** What every body of InvokeModel is sent with. */
export function invokeRequest({ guardrail, metadata }: Target): Pick<Exchange, 'operations' | 'headers'> {
  return {
    operations: { whole: 'invoke', stream: 'invoke-with-response-stream' },
    headers: {
      accept: 'application/json',
      ...(guardrail && {
        'x-amzn-bedrock-guardrailidentifier': guardrail.id,
        'x-amzn-bedrock-guardrailversion': guardrail.version,
      }),
      'x-amzn-bedrock-request-metadata': JSON.stringify(metadata),
    },
  };
}

/** The model family's content of a stream event; `undefined` if the event is Bedrock's own. */
export function chunkOf(type: string, body: Json): JsonObject | undefined {
  const bytes = at(body, 'bytes');
  if (type !== 'chunk' || typeof bytes !== 'string') return undefined;
  const chunk = parseJson(Buffer.from(bytes, 'base64').toString());
  if (!isJsonObject(chunk)) throw malformedReply();
  return chunk;
}

/**
 * Bedrock adds to every family's body whether a guardrail intervened.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-input-tagging-base-inference.html
 */
export function guardrailIntervened(body: Json): boolean {
  return at(body, 'amazon-bedrock-guardrailAction') === 'INTERVENED';
}
