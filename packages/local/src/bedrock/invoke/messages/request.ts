import * as z from 'zod/mini';
import { invalid } from '../../exception.ts';
import type { Prompt, ToolChoice } from '../../model/prompt.ts';
import type { AdmittedModel } from '../../model-access.ts';
import { read } from '../../request-body.ts';
import { claudeProblem } from '../../rules/claude-rules.ts';
import { readThinking } from '../../rules/thinking.ts';
import { unsupportedIn } from '../../schema/output-schema.ts';
import { checkBetas } from './betas.ts';
import { ContentBlock, System } from './content.ts';
import { messagesOf, systemOf } from './prompt-of.ts';
import { refusalOf } from './refusal.ts';
import { AnyTool, readTool } from './tools.ts';

const fraction = z.optional(z.number().check(z.minimum(0), z.maximum(1)));

/**
 * The part of Anthropic's Messages API that Bedrock takes. Any other field is refused.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 */
const MessagesRequest = z.strictObject({
  anthropic_version: z.literal('bedrock-2023-05-31'),
  anthropic_beta: z.optional(z.array(z.string())),
  max_tokens: z.int().check(z.minimum(1)),
  messages: z
    .array(
      z.discriminatedUnion('role', [
        z.strictObject({
          role: z.enum(['user', 'assistant']),
          content: z.union([z.string(), z.array(ContentBlock)]),
        }),
        z.strictObject({ role: z.literal('system'), content: System }),
      ]),
    )
    .check(z.minLength(1)),
  system: z.optional(System),
  temperature: fraction,
  top_p: fraction,
  top_k: z.optional(z.int().check(z.minimum(0), z.maximum(500))),
  stop_sequences: z.optional(z.array(z.string()).check(z.maxLength(8191))),
  tools: z.optional(z.array(AnyTool)),
  tool_choice: z.optional(
    z.discriminatedUnion('type', [
      z.strictObject({
        type: z.enum(['auto', 'any']),
        disable_parallel_tool_use: z.optional(z.boolean()),
      }),
      z.strictObject({
        type: z.literal('tool'),
        name: z.string(),
        disable_parallel_tool_use: z.optional(z.boolean()),
      }),
      z.strictObject({ type: z.literal('none') }),
    ]),
  ),
  thinking: z.optional(z.unknown()),
  output_config: z.optional(
    z.strictObject({
      effort: z.optional(z.enum(['low', 'medium', 'high', 'xhigh', 'max'])),
      format: z.optional(
        z.strictObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) }),
      ),
    }),
  ),
  metadata: z.optional(z.strictObject({ user_id: z.optional(z.nullable(z.string())) })),
  /** Only with the beta of this name. */
  context_management: z.optional(z.looseObject({})),
});
type MessagesRequest = z.infer<typeof MessagesRequest>;

/**
 * Reads a body of Anthropic's Messages API.
 *
 * @throws {BedrockException} In Claude's words.
 */
export function readMessages(model: AdmittedModel, body: unknown): Prompt {
  const request = read(MessagesRequest, body, refusalOf(body));
  const {
    anthropic_beta: betas = [],
    max_tokens: maxTokens,
    tools = [],
    stop_sequences: stop = [],
  } = request;
  checkBetas(betas);
  if (request.context_management && !betas.some((beta) => beta.startsWith('context-management'))) {
    throw invalid('context_management: Extra inputs are not permitted');
  }
  checkSampling(request, model);
  if (maxTokens > model.maxOutputTokens) {
    throw invalid(
      `max_tokens: ${maxTokens} > ${model.maxOutputTokens}, which is the maximum allowed number of output tokens for ` +
        model.modelId,
    );
  }
  const { thinking, output_config } = request;
  const toolChoice = readToolChoice(request);
  const prompt = {
    modelId: model.modelId,
    tools: tools.flatMap(readTool),
    toolChoice,
    ...readTurns(request, model),
    output: readOutput(request, model),
    reasoning: readThinking(
      { thinking, effort: output_config?.effort, betas, toolChoice },
      model.reasoning,
      invalid,
    ),
    ...{ maxTokens, stop, temperature: request.temperature, topP: request.top_p, topK: request.top_k },
  };
  if (prompt.messages[0]?.role !== 'user') throw invalid('messages: first message must use the "user" role');
  const problem = claudeProblem(prompt, model);
  if (problem !== undefined) throw invalid(problem);
  return prompt;
}

/**
 * The system prompt and the messages. Claude 5, which thinks by default, also reads instructions between turns, but the
 * answer does not reply to them.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-mid-conversation-system.html
 */
function readTurns({ system, messages }: MessagesRequest, { reasoning }: AdmittedModel) {
  const between = messages.flatMap(({ role, content }, index) => {
    if (role !== 'system') return [];
    if (!reasoning || reasoning.default === 'off') {
      throw invalid(`messages.${index}.role: Input should be 'user' or 'assistant'`);
    }
    const isLast = index === messages.length - 1;
    if (messages[index - 1]?.role !== 'user' || !(isLast || messages[index + 1]?.role === 'assistant')) {
      throw invalid(
        `messages.${index}: system messages must follow a user message, and come last or before an assistant message`,
      );
    }
    return systemOf(content);
  });
  return {
    system: [...systemOf(system), ...between],
    messages: messagesOf(messages.flatMap((turn) => (turn.role === 'system' ? [] : [turn]))),
  };
}

function readToolChoice({ tool_choice: choice }: MessagesRequest): ToolChoice {
  if (!choice) return 'auto';
  return choice.type === 'tool' ? { name: choice.name } : choice.type;
}

function checkSampling({ temperature, top_p }: MessagesRequest, { can }: AdmittedModel): void {
  if (temperature !== undefined && !can.has('temperature')) {
    throw invalid('`temperature` is deprecated for this model.');
  }
  if (top_p !== undefined && !can.has('topP')) throw invalid('`top_p` is deprecated for this model.');
  if (temperature !== undefined && top_p !== undefined && !can.has('temperatureWithTopP')) {
    throw invalid('`temperature` and `top_p` cannot both be specified for this model. Please use only one.');
  }
}

function readOutput({ output_config: config }: MessagesRequest, model: AdmittedModel): Prompt['output'] {
  if (!config?.format) return undefined;
  if (!model.takesOutputSchema) throw invalid('output_config.format: Extra inputs are not permitted');
  const { schema } = config.format;
  const problem = unsupportedIn(schema);
  if (problem) throw invalid(`output_config.format.schema: ${problem}`);
  return { schema, text: JSON.stringify(config.format) };
}
