import type { EmbedFormat } from '@org/models';
import { claudeMessages } from './claude-messages.ts';
import { embedders } from './embeddings.ts';
import { invalid } from './exception.ts';
import { type Guardrail, GuardrailConfig } from './guardrail.ts';
import { llama } from './llama.ts';
import type { NativeBody } from './native-body.ts';
import type { OperationCall, OperationReply } from './operation.ts';
import { parseJson, readBody } from './request-body.ts';
import { RequestMetadata } from './request-metadata.ts';
import type { Completion } from './simulated-model.ts';
import { titanText } from './titan-text.ts';

/**
 * The InvokeModel operation, with the bodies of Titan Text, Llama, Claude, and of models that make vectors. Of an imported
 * model, Titan's or Llama's will do.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
 */
export function invokeModel(call: OperationCall): OperationReply {
  const { model, body } = call;
  if (model.embeds) return embed(model.embeds, body);
  const { format, completion, guardrailAction } = ask(call);
  return { completion, body: { ...format.answer(completion), ...guardrailAction } };
}

function embed(format: EmbedFormat, body: unknown): OperationReply {
  const embedded = embedders[format](body);
  if (!embedded) throw invalid(malformed);
  const { inputTokens } = embedded;
  return {
    completion: { ...noAnswer, inputTokens },
    headers: { 'x-amzn-bedrock-input-token-count': String(inputTokens) },
    body: embedded.body,
  };
}

const noAnswer: Completion = {
  ...{ blocks: [], stopReason: 'end_turn', inputTokens: 0, outputTokens: 0 },
  ...{ cacheReadTokens: 0, cacheWriteTokens: 0 },
};

const malformed = 'Malformed input request, please reformat your input and try again.';

/**
 * The InvokeModelWithResponseStream operation. Its chunks are JSON of the model's, as base64 in JSON of Bedrock's.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html
 */
export function invokeModelWithResponseStream(call: OperationCall): OperationReply {
  if (!call.model.can.has('stream')) throw invalid('The model is unsupported for streaming');
  const { format, completion, guardrailAction } = ask(call);
  const metrics = {
    inputTokenCount: completion.inputTokens,
    outputTokenCount: completion.outputTokens,
    invocationLatency: 1,
    firstByteLatency: 1,
  };
  return {
    completion,
    headers: { 'x-amzn-bedrock-content-type': 'application/json' },
    events: format.chunks(completion).map(({ content, isDelta }, index, all) => {
      const isLast = index === all.length - 1;
      const said = {
        ...content,
        ...guardrailAction,
        ...(isLast && { 'amazon-bedrock-invocationMetrics': metrics }),
      };
      return {
        type: 'chunk',
        payload: { bytes: Buffer.from(JSON.stringify(said)).toString('base64') },
        isDelta,
      };
    }),
  };
}

interface NativeAnswer {
  readonly format: NativeBody;
  readonly completion: Completion;
  /** What the body says of the guardrail; nothing, where there is none. */
  readonly guardrailAction: object;
}

function ask({ model, body, headers, generate }: OperationCall): NativeAnswer {
  const guardrail = guardrailOf(headers);
  const metadata = headers['x-amzn-bedrock-request-metadata'];
  if (metadata !== undefined) readBody(RequestMetadata, parseJson(String(metadata)));
  for (const format of formatsOf(model.modelId)) {
    const prompt = format.readPrompt(model.modelId, body);
    if (!prompt) continue;
    const completion = generate(prompt, guardrail);
    const action = completion.stopReason === 'guardrail_intervened' ? 'INTERVENED' : 'NONE';
    return {
      format,
      completion,
      guardrailAction: guardrail ? { 'amazon-bedrock-guardrailAction': action } : {},
    };
  }
  throw invalid(malformed);
}

function formatsOf(modelId: string): NativeBody[] {
  if (modelId.includes('titan-text')) return [titanText];
  if (modelId.includes('meta.llama')) return [llama];
  if (modelId.includes('anthropic.claude')) return [claudeMessages];
  return modelId.startsWith('arn:') ? [titanText, llama] : [];
}

function guardrailOf(headers: OperationCall['headers']): Guardrail | undefined {
  const guardrailIdentifier = headers['x-amzn-bedrock-guardrailidentifier'];
  const guardrailVersion = headers['x-amzn-bedrock-guardrailversion'];
  if (guardrailIdentifier === undefined && guardrailVersion === undefined) return undefined;
  return readBody(GuardrailConfig, { guardrailIdentifier, guardrailVersion });
}
