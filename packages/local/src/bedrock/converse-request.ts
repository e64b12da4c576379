import * as z from 'zod/mini';
import { answerForm, OutputConfig } from './answer-form.ts';
import { ContentBlock, partsOf, SystemBlock } from './converse-content.ts';
import { invalid } from './exception.ts';
import { type Guardrail, GuardrailConfig, GuardrailStreamConfig } from './guardrail.ts';
import type { AdmittedModel } from './model-access.ts';
import type { Prompt } from './prompt.ts';
import { readBody } from './request-body.ts';
import { RequestMetadata } from './request-metadata.ts';
import { signatureOf } from './simulated-model.ts';
import { ToolConfig } from './tool-config.ts';

/**
 * How Claude is made to think, or not to.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 */
const Thinking = z.looseObject({ type: z.enum(['enabled', 'adaptive', 'disabled']) });

const fraction = z.optional(z.number().check(z.minimum(0), z.maximum(1)));

const fields = {
  messages: z
    .array(
      z.strictObject({
        role: z.enum(['user', 'assistant']),
        content: z.array(ContentBlock).check(z.minLength(1)),
      }),
    )
    .check(z.minLength(1)),
  system: z.optional(z.array(SystemBlock).check(z.minLength(1))),
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
  additionalModelRequestFields: z.optional(z.looseObject({ thinking: z.optional(Thinking) })),
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
 * Reads the body of Converse.
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
  checkMessages(request);
  checkCapabilities(request, model);
  const maxTokens = inferenceConfig?.maxTokens ?? model.maxOutputTokens;
  if (maxTokens > model.maxOutputTokens) {
    throw invalid(
      `The maximum tokens you requested exceeds the model limit of ${model.maxOutputTokens}. ` +
        `Try again with a maximum tokens value that is lower than ${model.maxOutputTokens}.`,
    );
  }
  const tools = (toolConfig?.tools ?? []).map((tool) =>
    'cachePoint' in tool ? ('cache point' as const) : { text: JSON.stringify(tool) },
  );
  const question = messages.at(-1)?.content ?? [];
  return {
    prompt: {
      modelId: model.modelId,
      question: question.flatMap(spoken).join(''),
      // In the order in which the model reads them, and its cache keeps them.
      input: [
        ...tools,
        ...system.flatMap(partsOf),
        ...messages.flatMap(({ content }) => content).flatMap(partsOf),
        ...(outputConfig ? [{ text: JSON.stringify(outputConfig) }] : []),
      ],
      maxTokens,
      stop: inferenceConfig?.stopSequences ?? [],
      form: answerForm(request, model),
      thinks: isThinking(request),
    },
    guardrail: guardrailConfig,
  };
}

/** What can be answered in a message: its texts, and what tools returned. */
function spoken({ text, toolResult }: ContentBlock): string[] {
  if (toolResult)
    return toolResult.content.map((content) => content.text ?? JSON.stringify(content.json ?? {}));
  return text === undefined ? [] : [text];
}

function isThinking({ additionalModelRequestFields: fields, toolConfig }: ConverseRequest): boolean {
  const type = fields?.thinking?.type ?? 'disabled';
  if (type === 'disabled') return false;
  if (toolConfig?.toolChoice && !('auto' in toolConfig.toolChoice)) {
    throw invalid(
      'The model returned the following errors: Thinking may not be enabled when tool_choice forces tool use.',
    );
  }
  return true;
}

function checkMessages({ messages, toolConfig }: ConverseRequest): void {
  if (messages.some(({ role }, index) => role !== (index % 2 === 0 ? 'user' : 'assistant'))) {
    throw invalid(
      'A conversation must start with a user message and alternate between user and assistant roles.',
    );
  }
  if (messages.length % 2 === 0) throw invalid('A conversation must end with a user message.');
  for (const [index, { role, content }] of messages.entries()) {
    for (const block of content) checkBlock(block, role, index);
    if (content.some(({ document }) => document) && !content.some(({ text }) => text !== undefined)) {
      throw invalid(`messages.${index}: a message with a document must have a text block too.`);
    }
    const used = (messages[index - 1]?.content ?? []).flatMap(({ toolUse }) => toolUse?.toolUseId ?? []);
    const answered = content.flatMap(({ toolResult }) => toolResult?.toolUseId ?? []);
    if (used.toSorted().join() !== answered.toSorted().join()) {
      throw invalid(
        `The model returned the following errors: messages.${index}: each tool_use block must have a corresponding ` +
          'tool_result block in the next message, and each tool_result a tool_use before it.',
      );
    }
  }
  const usesTools = messages.some(({ content }) =>
    content.some(({ toolUse, toolResult }) => toolUse ?? toolResult),
  );
  if (usesTools && !toolConfig) {
    throw invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  }
}

function checkBlock(block: ContentBlock, role: 'user' | 'assistant', message: number): void {
  const { text, image, document, toolUse, toolResult, reasoningContent: reasoning } = block;
  if (text !== undefined && !/\S/.test(text)) {
    throw invalid(
      'The text field in the ContentBlock object is blank. Add text to the text field, and try again.',
    );
  }
  const [misplaced] = Object.keys(
    role === 'user'
      ? { ...(toolUse && { toolUse }), ...(reasoning && { reasoning }) }
      : { ...(image && { image }), ...(document && { document }), ...(toolResult && { toolResult }) },
  );
  if (misplaced !== undefined)
    throw invalid(`messages.${message}: a message of the ${role} has no ${misplaced}.`);
  const thought = reasoning && 'reasoningText' in reasoning ? reasoning.reasoningText : undefined;
  if (thought && thought.signature !== signatureOf(thought.text)) {
    throw invalid(
      `The model returned the following errors: messages.${message}: Invalid \`signature\` in \`thinking\` block`,
    );
  }
}

/** Messages as Bedrock was seen to answer; some name fields as the model's own body does. */
function checkCapabilities(
  { messages, system = [], inferenceConfig, toolConfig }: ConverseRequest,
  { can, embeds }: AdmittedModel,
): void {
  if (embeds) {
    throw invalid(
      "This action doesn't support the model that you provided. Try again with a supported model.",
    );
  }
  const blocks = messages.flatMap(({ content }) => content);
  const { stopSequences, temperature, topP } = inferenceConfig ?? {};
  const unsupported = (field: string) =>
    invalid(`This model doesn't support the ${field} field. Remove ${field} and try again.`);
  if (blocks.some(({ image }) => image) && !can.has('images')) throw unsupported('image');
  if (blocks.some(({ document }) => document) && !can.has('documents')) throw unsupported('document');
  const points = [...system, ...blocks, ...(toolConfig?.tools ?? [])];
  if (points.some((block) => 'cachePoint' in block) && !can.has('cachePoints'))
    throw unsupported('cachePoint');
  if (system.length > 0 && !can.has('system')) {
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
