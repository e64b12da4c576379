import { invalid } from '../exception.ts';
import { type Guardrail, GuardrailConfig } from '../guardrail.ts';
import { type Completion, noAnswer } from '../model/answer.ts';
import type { Prompt } from '../model/prompt.ts';
import type { AdmittedModel } from '../model-access.ts';
import type { OperationCall, OperationReply } from '../operation.ts';
import { parseJson, readRequest } from '../request-body.ts';
import { RequestMetadata } from '../request-metadata.ts';
import { embed } from './embeddings/embed.ts';
import { llama } from './llama.ts';
import { claudeMessages } from './messages/claude-messages.ts';
import type { NativeBody } from './native-body.ts';
import { titanText } from './titan-text.ts';

/**
 * The InvokeModel operation, with the bodies of Titan Text, Llama, Claude and the embeddings models. An imported model
 * takes Titan's or Llama's.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
 */
export function invokeModel(call: OperationCall): OperationReply {
  const { model, body } = call;
  if (model.embeds) {
    const embedded = embed(model.embeds, body);
    const completion = { ...noAnswer, inputTokens: embedded.inputTokens };
    return { completion, headers: tokenHeaders(completion), body: embedded.body };
  }
  const { format, completion, guardrailAction } = ask(call);
  return {
    completion,
    headers: tokenHeaders(completion),
    body: { ...format.answer(completion, model), ...guardrailAction },
  };
}

/** Headers with the token counts, for models that do not report them in the body. */
function tokenHeaders({ inputTokens, outputTokens, ...completion }: Completion): Record<string, string> {
  const { cacheReadTokens, written } = cacheTokensOf(completion);
  return {
    'x-amzn-bedrock-input-token-count': String(inputTokens),
    'x-amzn-bedrock-output-token-count': String(outputTokens),
    ...(cacheReadTokens + written > 0 && {
      'x-amzn-bedrock-cache-read-input-token-count': String(cacheReadTokens),
      'x-amzn-bedrock-cache-write-input-token-count': String(written),
    }),
  };
}

function cacheTokensOf({
  cacheReadTokens,
  cacheWriteTokens,
}: Pick<Completion, 'cacheReadTokens' | 'cacheWriteTokens'>) {
  return { cacheReadTokens, written: cacheWriteTokens['5m'] + cacheWriteTokens['1h'] };
}

/**
 * The InvokeModelWithResponseStream operation. Its chunks are the model's JSON, as base64 in Bedrock's JSON.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html
 */
export function invokeModelWithResponseStream(call: OperationCall): OperationReply {
  if (!call.model.can.has('stream')) throw invalid('The model is unsupported for streaming');
  const { format, completion, guardrailAction } = ask(call);
  const { cacheReadTokens, written } = cacheTokensOf(completion);
  const metrics = {
    inputTokenCount: completion.inputTokens,
    outputTokenCount: completion.outputTokens,
    invocationLatency: 1,
    firstByteLatency: 1,
    ...(cacheReadTokens + written > 0 && {
      cacheReadInputTokenCount: cacheReadTokens,
      cacheWriteInputTokenCount: written,
    }),
  };
  return {
    completion,
    headers: { 'x-amzn-bedrock-content-type': 'application/json' },
    events: format.chunks(completion, call.model).map(({ content, isDelta }, index, all) => {
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
  /** The body's field about the guardrail, if there is one. */
  readonly guardrailAction: object;
}

function ask({ model, body, headers, generate }: OperationCall): NativeAnswer {
  const guardrail = readGuardrail(headers);
  const metadata = headers['x-amzn-bedrock-request-metadata'];
  if (metadata !== undefined) readRequest(RequestMetadata, parseJson(String(metadata)));
  const { format, prompt } = readNative(model, body);
  const completion = generate(prompt, guardrail);
  const action = completion.stopReason === 'guardrail_intervened' ? 'INTERVENED' : 'NONE';
  return {
    format,
    completion,
    guardrailAction: guardrail ? { 'amazon-bedrock-guardrailAction': action } : {},
  };
}

/**
 * Reads a request in the model's own body.
 *
 * @throws {BedrockException}
 */
export function readInvokedPrompt(model: AdmittedModel, body: unknown): Prompt {
  return readNative(model, body).prompt;
}

function readNative(model: AdmittedModel, body: unknown): { format: NativeBody; prompt: Prompt } {
  for (const format of possibleFormats(model)) {
    const prompt = format.readPrompt(model, body);
    if (prompt) return { format, prompt };
  }
  throw invalid('Malformed input request, please reformat your input and try again.');
}

function possibleFormats({ modelId, isClaude }: AdmittedModel): NativeBody[] {
  if (isClaude) return [claudeMessages];
  if (modelId.includes('titan-text')) return [titanText];
  if (modelId.includes('meta.llama')) return [llama];
  return modelId.startsWith('arn:') ? [titanText, llama] : [];
}

function readGuardrail(headers: OperationCall['headers']): Guardrail | undefined {
  const guardrailIdentifier = headers['x-amzn-bedrock-guardrailidentifier'];
  const guardrailVersion = headers['x-amzn-bedrock-guardrailversion'];
  if (guardrailIdentifier === undefined && guardrailVersion === undefined) return undefined;
  return readRequest(GuardrailConfig, { guardrailIdentifier, guardrailVersion });
}
