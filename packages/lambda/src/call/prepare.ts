import { leastReasoningTokens } from '@org/models';
import type { Caller, ChosenModel } from '../config.ts';
import { at, isJsonObject, type JsonObject } from '../json.ts';
import { invalidField } from '../proxy-error.ts';
import { cachedParts } from './cache-points.ts';
import type { Call, ChatCall, MessagesCall, ModelCall, ModelChatCall } from './call.ts';
import { leastFittingTokens, longAnswerTokens, maxTokensOf } from './max-tokens.ts';
import { offeredTools } from './offered-tools.ts';
import { thinkingFields, thinks, thoughtsFor } from './reasoning.ts';
import { constraintOf, type StructuredCall, structuredCall } from './structured-output/structured-output.ts';
import { sayToolErrors } from './tool-errors.ts';

/** The output tokens that a caller's plan allows. */
type Capped = Pick<Caller, 'maxTokens' | 'clampMaxTokens'>;

/** A call as the model receives it. */
export interface Prepared {
  readonly call: ModelCall;
  readonly structured?: StructuredCall | undefined;
  /** The most output tokens, if the plan lowered the number that the caller asked for. */
  readonly maxTokensLoweredTo?: number | undefined;
  /** Only of a call that asks for as many output tokens as the limits have room for. */
  readonly fit?: Fit | undefined;
}

/** How the output tokens of a call may be lowered. */
export interface Fit {
  /** The fewest that are of use. */
  readonly least: number;
  /** Those of the call as it is. */
  readonly most: number;
  /** The call with fewer output tokens, and fewer to think with. */
  readonly lowered: (maxTokens: number) => ModelChatCall;
}

/**
 * Makes every choice that depends on the model.
 *
 * @throws {ProxyError} `invalid_request` or `unsupported_feature` for a part that this model does not support.
 */
export function prepare(call: Call, model: ChosenModel, caller: Capped): Prepared {
  switch (call.kind) {
    case 'chat':
      return prepareChat(call, model, caller);
    case 'messages':
      return prepareMessages(call, model, caller);
    case 'embed':
      return { call };
  }
}

function prepareMessages(call: MessagesCall, model: ChosenModel, caller: Capped): Prepared {
  const asked = call.body.max_tokens;
  const maxTokens = maxTokensOf(asked, model, caller);
  const lowered = maxTokens < asked;
  const body = lowered ? { ...withinTokens(call.body, maxTokens), max_tokens: maxTokens } : call.body;
  refuseBudget(body);
  return { call: { ...call, body }, maxTokensLoweredTo: lowered ? maxTokens : undefined };
}

/**
 * Refuses thoughts of more than `max_tokens`. Anthropic allows them between calls of tools, bounded only by the context
 * window. That is too much to hold.
 *
 * @throws {ProxyError} `invalid_request`.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 */
function refuseBudget({ thinking, max_tokens }: MessagesCall['body']): void {
  const budget = at(thinking, 'budget_tokens');
  if (budget === undefined || (Number.isInteger(budget) && Number(budget) < max_tokens)) return;
  throw invalidField('thinking', 'must have fewer budget_tokens than max_tokens');
}

/**
 * A body whose thoughts take fewer than so many tokens. If even the smallest number does not fit, the body stays as it
 * is, and is refused.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 */
function withinTokens(body: JsonObject, maxTokens: number): JsonObject {
  const { thinking } = body;
  if (!isJsonObject(thinking) || typeof thinking['budget_tokens'] !== 'number') return body;
  if (thinking['budget_tokens'] < maxTokens || maxTokens <= leastReasoningTokens) return body;
  return { ...body, thinking: { ...thinking, budget_tokens: maxTokens - 1 } };
}

function prepareChat(
  call: ChatCall,
  model: ChosenModel,
  caller: Capped,
): Prepared & { readonly call: ModelChatCall } {
  const { kind, temperature, topP, stop, system, cache, messages, tools, serviceTier, ...choices } = call;
  const {
    outputSchema: _,
    reasoning: __,
    maxTokens: most,
    toolChoice: choice,
    usualMaxTokens,
    ...unread
  } = choices;
  // A field of a call that is not read does not compile.
  unread satisfies Record<string, never>;
  const usual = usualMaxTokens ?? (thinks(call, model.definition) ? longAnswerTokens : undefined);
  const maxTokens = maxTokensOf(most, model, caller, usual);
  const structured = structuredCall(call, model);
  const offered = offeredTools({ messages, tools, toolChoice: choice });
  const said = sayToolErrors(thoughtsFor(offered.messages, model), model.definition);
  return {
    call: {
      kind,
      temperature,
      topP,
      stop,
      maxTokens,
      serviceTier,
      toolChoice: offered.toolChoice,
      ...cachedParts({ tools: offered.tools, messages: said, system, cache }, model),
      extra: thinkingFields(call, model, maxTokens),
      ...(structured && constraintOf(structured)),
    },
    structured,
    maxTokensLoweredTo: typeof most === 'number' && maxTokens < most ? maxTokens : undefined,
    ...(most === 'fit' && {
      fit: {
        // A model that thinks needs more before it answers at all.
        least: Math.min(
          thinks(call, model.definition) ? leastReasoningTokens + 1 : leastFittingTokens,
          maxTokens,
        ),
        most: maxTokens,
        lowered: (fewer: number) => prepareChat({ ...call, maxTokens: fewer }, model, caller).call,
      },
    }),
  };
}
