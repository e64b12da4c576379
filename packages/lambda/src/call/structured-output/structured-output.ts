import type { StructuredOutput } from '@org/models';
import type { ChosenModel } from '../../config.ts';
import type { JsonObject } from '../../json.ts';
import { ProxyError } from '../../proxy-error.ts';
import type { ChatCall, ModelChatCall } from '../call.ts';
import { cutsOffTool, type ReplyEvent } from '../reply.ts';
import { generationSchema } from './generation-schema.ts';
import { checkOutput } from './output-check.ts';
import { definitionsOf, documentOf } from './references.ts';

/** How one call gets an answer that fits a schema. */
export interface StructuredCall {
  readonly by: StructuredOutput;
  /** What the model is held to. */
  readonly schema: JsonObject;
  /** What the answer is checked against: all that the caller's schema asks. */
  readonly checked: JsonObject;
}

/** Name of the schema or tool that a structured answer comes by. */
const answerName = 'answer';

/**
 * @throws {ProxyError} `unsupported_feature` for a model that cannot, or not beside the caller's tools;
 *   `invalid_request` for a schema that it cannot follow.
 */
export function structuredCall(
  { outputSchema, tools }: Pick<ChatCall, 'outputSchema' | 'tools'>,
  { alias, definition }: ChosenModel,
): StructuredCall | undefined {
  if (outputSchema === undefined) return undefined;
  const by = definition.upstream === 'converse' ? definition.structuredOutput : undefined;
  if (by === undefined || (by === 'tool' && tools !== undefined)) {
    throw new ProxyError({
      code: 'unsupported_feature',
      message: `The model ${alias} does not support outputSchema${by ? ' beside tools' : ''}. Leave it out or choose another model.`,
      param: 'outputSchema',
    });
  }
  const definitions = definitionsOf(outputSchema);
  return { by, schema: generationSchema(definitions, by), checked: documentOf(definitions) };
}

/** What holds a model to the schema: Bedrock itself, or a tool that it is forced to call. */
export function constraintOf({
  by,
  schema,
}: StructuredCall): Pick<ModelChatCall, 'outputFormat' | 'tools' | 'toolChoice'> {
  return by === 'native'
    ? { outputFormat: { name: answerName, schema } }
    : {
        tools: [
          {
            type: 'tool',
            name: answerName,
            description: 'Gives the answer to the question.',
            inputSchema: schema,
          },
        ],
        toolChoice: { name: answerName },
      };
}

/**
 * Reads the events of a structured answer. The tool was ours: to the caller, an answer by it is text like any other,
 * and what else the model says is left out.
 */
export function createAnswerReader({ by }: StructuredCall): (event: ReplyEvent) => ReplyEvent | undefined {
  if (by === 'native') return (event) => event;
  let answering = false;
  return (event) => {
    switch (event.type) {
      case 'begin':
        answering = event.block.type === 'tool_use' && event.block.name === answerName;
        return answering ? { type: 'begin', block: { type: 'text' } } : undefined;
      case 'delta':
        return answering && event.delta.type === 'input'
          ? { type: 'delta', delta: { type: 'text', text: event.delta.json } }
          : undefined;
      case 'end':
        return answering ? event : undefined;
      case 'stopped':
        return event.stopReason === 'tool_use' ? { ...event, stopReason: 'end_turn' } : event;
      default:
        return event;
    }
  };
}

/**
 * The output that the text of an answer holds.
 *
 * @throws {ProxyError} `invalid_output` if it is cut off, refused, or does not fit the schema.
 */
export function outputOf(
  call: StructuredCall,
  { text, stopReason }: { readonly text: string; readonly stopReason: string },
): unknown {
  const result = checkOutput(call.checked, text);
  // The input of a tool that was cut off may be JSON all the same, with less in it than the model was about to say.
  if (result.fits && !(call.by === 'tool' && cutsOffTool(stopReason))) return result.output;
  const details = { stopReason, issues: result.fits ? [] : result.issues };
  const message = reasons.get(stopReason);
  throw new ProxyError({ code: 'invalid_output', message, details });
}

/** Messages for an answer that the model did not finish. It was charged all the same. */
const reasons = new Map(
  Object.entries({
    max_tokens:
      'The answer was cut off at maxTokens, before its JSON was complete. It was charged; ask again with more maxTokens.',
    model_context_window_exceeded:
      "The answer was cut off at the end of the model's context window. It was charged; ask for less.",
    guardrail_intervened: 'A guardrail of this plan intervened, so no answer matches the outputSchema.',
    content_filtered: 'The answer was filtered, so no answer matches the outputSchema. It was charged.',
  }),
);
