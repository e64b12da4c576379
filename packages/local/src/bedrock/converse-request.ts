import * as z from 'zod/mini';
import { answerForm, OutputConfig } from './answer-form.ts';
import { invalid } from './exception.ts';
import { type Guardrail, GuardrailConfig, GuardrailStreamConfig } from './guardrail.ts';
import type { AdmittedModel } from './model-access.ts';
import { readBody } from './request-body.ts';
import { RequestMetadata } from './request-metadata.ts';
import type { Prompt } from './simulated-model.ts';
import { ToolConfig } from './tool-config.ts';

const text = z.array(z.strictObject({ text: z.string() })).check(z.minLength(1));
const fraction = z.optional(z.number().check(z.minimum(0), z.maximum(1)));

const fields = {
  messages: z
    .array(z.strictObject({ role: z.enum(['user', 'assistant']), content: text }))
    .check(z.minLength(1)),
  system: z.optional(text),
  inferenceConfig: z.optional(
    z.strictObject({
      maxTokens: z.optional(z.int().check(z.minimum(1))),
      temperature: fraction,
      topP: fraction,
      stopSequences: z.optional(z.array(z.string().check(z.minLength(1)))),
    }),
  ),
  toolConfig: z.optional(ToolConfig),
  outputConfig: z.optional(OutputConfig),
  requestMetadata: z.optional(RequestMetadata),
};

const ConverseRequest = z.strictObject({ ...fields, guardrailConfig: z.optional(GuardrailConfig) });
type ConverseRequest = z.infer<typeof ConverseRequest>;

const ConverseStreamRequest = z.strictObject({
  ...fields,
  guardrailConfig: z.optional(GuardrailStreamConfig),
});

export interface ConversePrompt {
  readonly prompt: Prompt;
  readonly guardrail: Guardrail | undefined;
}

/**
 * Reads the body of Converse, of which text content is simulated. Fields that this proxy has no use for, such as
 * `additionalModelRequestFields`, are refused like unknown ones.
 *
 * @throws {BedrockException}
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function readConverse(model: AdmittedModel, body: unknown): ConversePrompt {
  return promptOf(model, readBody(ConverseRequest, body));
}

/**
 * Reads the body of ConverseStream: that of Converse, and a guardrail's `streamProcessingMode`.
 *
 * @throws {BedrockException}
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function readConverseStream(model: AdmittedModel, body: unknown): ConversePrompt {
  if (!model.can.has('stream')) throw invalid('The model is unsupported for streaming');
  return promptOf(model, readBody(ConverseStreamRequest, body));
}

function promptOf(model: AdmittedModel, request: ConverseRequest): ConversePrompt {
  const { messages, system = [], inferenceConfig, toolConfig, outputConfig, guardrailConfig } = request;
  checkRoles(request);
  checkCapabilities(request, model);
  const maxTokens = inferenceConfig?.maxTokens ?? model.maxOutputTokens;
  if (maxTokens > model.maxOutputTokens) {
    throw invalid(
      `The maximum tokens you requested exceeds the model limit of ${model.maxOutputTokens}. ` +
        `Try again with a maximum tokens value that is lower than ${model.maxOutputTokens}.`,
    );
  }
  const texts = [...system, ...messages.flatMap(({ content }) => content)].map((block) => block.text);
  const schemas = [toolConfig, outputConfig].filter((config) => config !== undefined);
  const question = messages.at(-1)?.content ?? [];
  return {
    prompt: {
      modelId: model.modelId,
      question: question.map((block) => block.text).join(''),
      input: [...texts, ...schemas.map((config) => JSON.stringify(config))],
      maxTokens,
      stop: inferenceConfig?.stopSequences ?? [],
      form: answerForm(request, model),
    },
    guardrail: guardrailConfig,
  };
}

function checkRoles({ messages }: ConverseRequest): void {
  if (messages.some(({ role }, index) => role !== (index % 2 === 0 ? 'user' : 'assistant'))) {
    throw invalid(
      'A conversation must start with a user message and alternate between user and assistant roles.',
    );
  }
  if (messages.length % 2 === 0) throw invalid('A conversation must end with a user message.');
}

/** Messages as Bedrock was seen to answer; some name fields as the model's own body does. */
function checkCapabilities(
  { messages, system, inferenceConfig }: ConverseRequest,
  { can }: AdmittedModel,
): void {
  const { stopSequences, temperature, topP } = inferenceConfig ?? {};
  const unsupported = (field: string) =>
    invalid(`This model doesn't support the ${field} field. Remove ${field} and try again.`);
  if (system && !can.has('system')) {
    throw invalid(
      "This model doesn't support system messages. Try again without a system message or use a model that supports " +
        'system messages.',
    );
  }
  if (messages.length > 1 && !can.has('history')) {
    throw invalid(
      "This model doesn't support conversation history. Try again with input that only includes one user message.",
    );
  }
  if (stopSequences && !can.has('stop')) throw unsupported('stopSequences');
  if (temperature !== undefined && !can.has('temperature')) throw unsupported('temperature');
  if (topP !== undefined && !can.has('topP')) throw unsupported('topP');
  if (temperature !== undefined && topP !== undefined && !can.has('temperatureWithTopP')) {
    throw invalid(
      'The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. ' +
        'Please use only one.',
    );
  }
}
