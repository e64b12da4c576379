import type { EmbedFormat } from '@org/models';
import type { EmbedCall } from '../../call/call.ts';
import type { ReplyEvent } from '../../call/reply.ts';
import type { Target } from '../../call/upstream.ts';
import { at, type Json, type JsonObject } from '../../json.ts';
import type { Exchange } from '../exchange.ts';
import { malformedReply } from '../failure.ts';
import { usageOf } from '../token-usage.ts';
import { invokeRequest } from './invoke.ts';

/** How one model family spells texts and their vectors for InvokeModel. */
interface Embedding {
  /** Texts that one request takes. */
  readonly most: number;
  request(texts: readonly string[], call: EmbedCall): JsonObject;
  vectors(body: Json): Json | undefined;
  /** Of a body that says it. */
  inputTokens(body: Json): Json | undefined;
}

const formats: Readonly<Record<EmbedFormat, Embedding>> = {
  /** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
  'titan-embed': {
    most: 1,
    request: ([inputText = ''], { dimensions }) => ({ inputText, ...(dimensions && { dimensions }) }),
    vectors: (body) => {
      const vector = at(body, 'embedding');
      return vector === undefined ? undefined : [vector];
    },
    inputTokens: (body) => at(body, 'inputTextTokenCount'),
  },
  /** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
  'cohere-embed': {
    most: 96,
    request: (texts, { dimensions, purpose = 'document' }) => ({
      texts: [...texts],
      input_type: `search_${purpose}`,
      embedding_types: ['float'],
      ...(dimensions && { output_dimension: dimensions }),
    }),
    vectors: (body) => at(body, 'embeddings', 'float'),
    inputTokens: () => undefined,
  },
};

/** Where Bedrock says the tokens of a request whose body does not. */
const inputTokensHeader = 'x-amzn-bedrock-input-token-count';

/** Texts to turn into vectors: as many requests as the model needs for them. */
export function embed(format: EmbedFormat, call: EmbedCall, target: Target): Exchange[] {
  const { most, request, vectors, inputTokens } = formats[format];
  const batches = Array.from({ length: Math.ceil(call.inputs.length / most) }, (_, index) =>
    call.inputs.slice(index * most, (index + 1) * most),
  );
  return batches.map((texts) => ({
    ...invokeRequest(target),
    body: request(texts, call),
    whole(body, header): ReplyEvent[] {
      const found = vectors(body);
      if (!Array.isArray(found) || found.length !== texts.length) throw malformedReply();
      const said = header(inputTokensHeader);
      const input = inputTokens(body) ?? (said === undefined ? undefined : Number(said));
      return [
        ...found.map((vector): ReplyEvent => ({ type: 'vector', vector: numbers(vector) })),
        ...usageOf({ input, output: 0 }),
        { type: 'stopped', stopReason: 'end_turn' },
      ];
    },
    // These models have no stream, and asking them for one is refused before.
    event: () => [],
  }));
}

function numbers(vector: Json): number[] {
  const isVector = (values: Json): values is number[] =>
    Array.isArray(values) && values.every((value) => typeof value === 'number');
  if (!isVector(vector)) throw malformedReply();
  return vector;
}
