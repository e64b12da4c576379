import * as z from 'zod/mini';
import { invalid, refusedByModel } from '../exception.ts';
import { type Guardrail, GuardrailConfig, GuardrailStreamConfig } from '../guardrail.ts';
import type { Prompt } from '../model/prompt.ts';
import type { AdmittedModel } from '../model-access.ts';
import { readRequest } from '../request-body.ts';
import { RequestMetadata } from '../request-metadata.ts';
import { claudeProblem, problemOfOthers } from '../rules/claude-rules.ts';
import { checkCapabilities } from './capability-rules.ts';
import { ContentBlock, SystemBlock } from './content.ts';
import { checkMessages } from './message-rules.ts';
import { ModelFields, readModelFields } from './model-fields.ts';
import { OutputConfig, readOutput } from './output-config.ts';
import { guardedIn, messageOf, systemOf } from './prompt-of.ts';
import { readTools, ToolConfig } from './tool-config.ts';

const fraction = z.optional(z.number().check(z.minimum(0), z.maximum(1)));

/** What is input; CountTokens takes nothing else. */
const input = {
  messages: z.array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.array(ContentBlock) })),
  system: z.optional(z.array(SystemBlock)),
  toolConfig: z.optional(ToolConfig),
  additionalModelRequestFields: z.optional(ModelFields),
};

const fields = {
  ...input,
  inferenceConfig: z.optional(
    z.strictObject({
      maxTokens: z.optional(z.int().check(z.minimum(1))),
      temperature: fraction,
      topP: fraction,
      stopSequences: z.optional(z.array(z.string().check(z.minLength(1))).check(z.maxLength(2500))),
    }),
  ),
  outputConfig: z.optional(OutputConfig),
  requestMetadata: z.optional(RequestMetadata),
  serviceTier: z.optional(z.strictObject({ type: z.enum(['priority', 'default', 'flex', 'reserved']) })),
  additionalModelResponseFieldPaths: z.optional(
    z
      .array(z.string().check(z.minLength(1), z.maxLength(256), z.regex(/^(?:\/(?:[^~/]|~[01])*)+$/)))
      .check(z.maxLength(10)),
  ),
};

const ConverseRequest = z.strictObject({ ...fields, guardrailConfig: z.optional(GuardrailConfig) });
type ConverseRequest = z.infer<typeof ConverseRequest>;

const ConverseStreamRequest = z.strictObject({
  ...fields,
  guardrailConfig: z.optional(GuardrailStreamConfig),
});

const ConverseTokensRequest = z.strictObject(input);

export interface ConversePrompt {
  readonly prompt: Prompt;
  readonly guardrail: Guardrail | undefined;
  /** JSON Pointers to what of Claude's own answer is to be passed on. */
  readonly responseFields: readonly string[];
  /** Which tier was asked for; every call is served in it. */
  readonly serviceTier: { readonly type: string } | undefined;
}

/**
 * Reads the body of Converse.
 *
 * @throws {BedrockException}
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function readConverse(model: AdmittedModel, body: unknown): ConversePrompt {
  return conversePrompt(model, readRequest(ConverseRequest, body));
}

/**
 * Reads the body of ConverseStream: that of Converse, and a guardrail's `streamProcessingMode`.
 *
 * @throws {BedrockException}
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function readConverseStream(model: AdmittedModel, body: unknown): ConversePrompt {
  if (!model.can.has('stream')) throw invalid('The model is unsupported for streaming');
  return conversePrompt(model, readRequest(ConverseStreamRequest, body));
}

/**
 * Reads what CountTokens takes of the body of Converse.
 *
 * @throws {BedrockException}
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseTokensRequest.html
 */
export function readConverseTokens(model: AdmittedModel, body: unknown): Prompt {
  return promptOf(model, readRequest(ConverseTokensRequest, body));
}

function conversePrompt(model: AdmittedModel, request: ConverseRequest): ConversePrompt {
  return {
    prompt: promptOf(model, request),
    guardrail: request.guardrailConfig,
    responseFields: (model.isClaude && request.additionalModelResponseFieldPaths) || [],
    serviceTier: request.serviceTier,
  };
}

function promptOf(model: AdmittedModel, request: ConverseRequest): Prompt {
  const { messages, system = [], toolConfig, inferenceConfig = {}, outputConfig } = request;
  checkMessages(messages, toolConfig !== undefined);
  checkCapabilities(request, model);
  const { maxTokens = model.maxOutputTokens, stopSequences = [], temperature, topP } = inferenceConfig;
  if (maxTokens > model.maxOutputTokens) {
    throw invalid(
      `The maximum tokens you requested exceeds the model limit of ${model.maxOutputTokens}. ` +
        `Try again with a maximum tokens value that is lower than ${model.maxOutputTokens}.`,
    );
  }
  const tools = readTools(toolConfig, model);
  const prompt = {
    modelId: model.modelId,
    ...tools,
    system: system.map(systemOf),
    messages: messages.map(messageOf),
    output: readOutput(outputConfig, model),
    ...readModelFields(request.additionalModelRequestFields ?? {}, { ...tools, inferenceConfig }, model),
    ...{ maxTokens, stop: stopSequences, temperature, topP },
    guarded: guardedIn(messages),
  };
  const problem = model.isClaude ? claudeProblem(prompt, model) : problemOfOthers(prompt, model);
  if (problem !== undefined) throw refusedByModel(problem);
  return prompt;
}
