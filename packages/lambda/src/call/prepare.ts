import type { Caller, ChosenModel } from '../config.ts';
import { cachedParts } from './cache-points.ts';
import type { Call, ChatCall, ModelCall } from './call.ts';
import { maxTokensOf } from './choose.ts';
import { offeredTools } from './offered-tools.ts';
import { thinkingFields, thoughtsFor } from './reasoning.ts';
import { constraintOf, type StructuredCall, structuredCall } from './structured-output/structured-output.ts';
import { sayToolErrors } from './tool-errors.ts';

/** A call as a model gets it. */
interface Prepared {
  readonly call: ModelCall;
  readonly structured?: StructuredCall | undefined;
}

/**
 * Makes every choice that depends on the model.
 *
 * @throws {ProxyError} `invalid_request` or `unsupported_feature` for what this model cannot be given.
 */
export function prepare(call: Call, model: ChosenModel, caller: Caller): Prepared {
  switch (call.kind) {
    case 'chat':
      return prepareChat(call, model, caller);
    case 'messages':
      maxTokensOf(call.body.max_tokens, model, caller);
      return { call };
    case 'embed':
      return { call };
  }
}

function prepareChat(call: ChatCall, model: ChosenModel, caller: Caller): Prepared {
  const { kind, temperature, topP, stop, system, cache, messages, tools, serviceTier, ...choices } = call;
  const { outputSchema: _, reasoning: __, maxTokens: most, toolChoice: choice, ...unread } = choices;
  // A field of a call that is not read does not compile.
  unread satisfies Record<string, never>;
  const maxTokens = maxTokensOf(most, model, caller);
  const structured = structuredCall(call, model);
  const offered = offeredTools({ messages: thoughtsFor(messages, model), tools, toolChoice: choice });
  const said = sayToolErrors(offered.messages, model.definition);
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
  };
}
