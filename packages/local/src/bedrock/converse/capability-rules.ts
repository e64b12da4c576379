import type { Capability } from '@org/models';
import { invalid } from '../exception.ts';
import type { AdmittedModel } from '../model-access.ts';
import type { ContentBlock, SystemBlock } from './content.ts';
import type { ToolConfig } from './tool-config.ts';

/** The part of a request to Converse that a model may not support. */
interface Request {
  readonly messages: readonly { readonly content: readonly ContentBlock[] }[];
  readonly system?: readonly SystemBlock[] | undefined;
  readonly inferenceConfig?:
    | {
        readonly stopSequences?: readonly string[] | undefined;
        readonly temperature?: number | undefined;
        readonly topP?: number | undefined;
      }
    | undefined;
  readonly toolConfig?: ToolConfig | undefined;
  readonly serviceTier?: { readonly type: string } | undefined;
}

/** What a block asks of a model; `undefined` where none of the catalogue takes it. */
const needs = {
  image: 'images',
  document: 'documents',
  video: undefined,
  audio: undefined,
} as const satisfies Partial<Record<keyof ContentBlock, Capability | undefined>>;

/**
 * Refuses what the model does not take. The words are Bedrock's, as it was seen to answer; some name fields as the model's
 * own body does.
 *
 * @throws {BedrockException}
 */
export function checkCapabilities(
  request: Request,
  { can, embeds, isClaude, cachePoints, reasoning }: AdmittedModel,
): void {
  const { messages, system = [], inferenceConfig, toolConfig, serviceTier } = request;
  if (embeds) {
    throw invalid(
      "This action doesn't support the model that you provided. Try again with a supported model.",
    );
  }
  const blocks = messages.flatMap(({ content }) => content);
  const results = blocks.flatMap(({ toolResult }) => toolResult?.content ?? []);
  const all: object[] = [...system, ...(toolConfig?.tools ?? []), ...blocks, ...results];
  for (const [field, capability] of Object.entries(needs)) {
    if (!(capability && can.has(capability)) && all.some((block) => field in block)) throw unsupported(field);
  }
  // What a model thought may come back to it alone where it is signed.
  if (!reasoning?.history && blocks.some((block) => block.reasoningContent))
    throw unsupported('reasoningContent');
  const cached = { tools: toolConfig?.tools ?? [], system, messages: blocks };
  for (const [part, list] of Object.entries(cached)) {
    const isTaken = cachePoints?.parts.some((each) => each === part);
    if (!isTaken && list.some((block: object) => 'cachePoint' in block)) throw unsupported('cachePoint');
  }
  if (!isClaude && all.some((block) => 'searchResult' in block)) throw unsupported('searchResult');
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
  if (serviceTier && serviceTier.type !== 'default' && !can.has('serviceTier')) {
    throw invalid(`The provided model doesn't support the ${serviceTier.type} service tier.`);
  }
  const { stopSequences, temperature, topP } = inferenceConfig ?? {};
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

function unsupported(field: string): Error {
  return invalid(`This model doesn't support the ${field} field. Remove ${field} and try again.`);
}
