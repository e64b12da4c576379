import type { ModelChatCall } from '../../call/call.ts';
import {
  type BeginningBlock,
  cutsOffTool,
  type Delta,
  type ReplyEvent,
  toolInputOf,
} from '../../call/reply.ts';
import type { Target } from '../../call/upstream.ts';
import { at, isJsonObject, type Json } from '../../json.ts';
import type { Exchange } from '../exchange.ts';
import { malformedReply } from '../failure.ts';
import { usageOf } from '../token-usage.ts';
import { converseBody } from './request.ts';

/** A conversation by Converse, which every current chat model of Bedrock speaks. */
export function converse(call: ModelChatCall, target: Target): Exchange {
  return {
    operations: { whole: 'converse', stream: 'converse-stream' },
    body: { ...converseBody(call, target) },
    whole: readAnswer,
    event: createEventReader(),
  };
}

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax */
function readAnswer(answer: Json): ReplyEvent[] {
  const content = at(answer, 'output', 'message', 'content');
  if (!Array.isArray(content)) throw malformedReply();
  const stop = readStop(answer);
  const isCutOff = stop.some(({ stopReason }) => cutsOffTool(stopReason));
  const blocks = content.flatMap((block, index) =>
    readBlock(block, isCutOff && index === content.length - 1),
  );
  return [...blocks, ...stop, ...readUsage(answer)];
}

function readBlock(content: Json, isCutOff: boolean): ReplyEvent[] {
  const toolUse = at(content, 'toolUse');
  if (toolUse !== undefined) {
    const input = at(toolUse, 'input') ?? {};
    if (!isJsonObject(input) && !isCutOff) throw malformedReply();
    return [
      beginTool(toolUse),
      { type: 'delta', delta: { type: 'input', json: JSON.stringify(input) } },
      end,
    ];
  }
  const reasoning = at(content, 'reasoningContent');
  if (reasoning !== undefined) {
    const said = at(reasoning, 'reasoningText') ?? reasoning;
    return [begin(kindOfReasoning(said)), ...readReasoning(said).map(deltaEvent), end];
  }
  // An answer that quotes documents has its text in pieces, each with what it quotes.
  const cited = at(content, 'citationsContent', 'content');
  const texts = Array.isArray(cited) ? cited.map((piece) => at(piece, 'text')) : [at(content, 'text')];
  const known = texts.filter((text) => text !== undefined).map(string);
  return known.length === 0
    ? []
    : [begin('text'), ...known.map((text) => deltaEvent({ type: 'text', text })), end];
}

const end: ReplyEvent = { type: 'end' };

type Unnamed = Exclude<BeginningBlock['type'], 'tool_use'>;

function begin(type: Unnamed): ReplyEvent {
  return { type: 'begin', block: { type } };
}

function deltaEvent(delta: Delta): ReplyEvent {
  return { type: 'delta', delta };
}

function beginTool(toolUse: Json): ReplyEvent {
  const id = string(at(toolUse, 'toolUseId'));
  return { type: 'begin', block: { type: 'tool_use', id, name: string(at(toolUse, 'name')) } };
}

function kindOfReasoning(content: Json): Unnamed {
  return at(content, 'redactedContent') === undefined ? 'reasoning' : 'redacted_reasoning';
}

/** Of a whole answer, or of a delta. */
function readReasoning(content: Json): Delta[] {
  const text = at(content, 'text');
  const signature = at(content, 'signature');
  const redacted = at(content, 'redactedContent');
  return [
    ...(text === undefined ? [] : [{ type: 'reasoning' as const, text: string(text) }]),
    ...(signature === undefined ? [] : [{ type: 'signature' as const, signature: string(signature) }]),
    ...(redacted === undefined
      ? []
      : [{ type: 'redacted' as const, bytes: Buffer.from(string(redacted), 'base64') }]),
  ];
}

function readStop(said: Json): Extract<ReplyEvent, { type: 'stopped' }>[] {
  const stopReason = at(said, 'stopReason');
  return stopReason === undefined ? [] : [{ type: 'stopped', stopReason: string(stopReason) }];
}

/** What is read from a cache or written to one is not part of `inputTokens`. */
function readUsage(said: Json): ReplyEvent[] {
  const usage = at(said, 'usage');
  if (usage === undefined) return [];
  const count = (name: string) => at(usage, name);
  return usageOf({
    input: count('inputTokens'),
    output: count('outputTokens'),
    total: count('totalTokens'),
    cacheRead: count('cacheReadInputTokens'),
    cacheWrite: count('cacheWriteInputTokens'),
    cacheWrite1h: writtenForAnHour(count('cacheDetails')),
  });
}

/**
 * Of what was written to a cache, what it keeps for an hour.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
function writtenForAnHour(details: Json | undefined): number | undefined {
  const hours = Array.isArray(details) ? details.filter((detail) => at(detail, 'ttl') === '1h') : [];
  // What is not a number becomes NaN, which is refused.
  const tokens = hours.map((detail) => Number(at(detail, 'inputTokens')));
  return tokens.length > 0 ? tokens.reduce((sum, amount) => sum + amount) : undefined;
}

/** Whatever JSON says is passed on, so what has to be a string is looked at. */
function string(value: Json | undefined): string {
  if (typeof value !== 'string') throw malformedReply();
  return value;
}

/**
 * Reads the events of one stream. Only a tool's block has a start of its own; text and reasoning begin with their first
 * delta.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html#API_runtime_ConverseStream_ResponseSyntax
 */
function createEventReader(): Exchange['event'] {
  let open: BeginningBlock['type'] | undefined;
  let input = '';
  const close = (): ReplyEvent[] => {
    const events = open === undefined ? [] : [end];
    open = undefined;
    return events;
  };
  /** What is after a tool says whether its input could be one that was cut off. */
  const requireInput = (): void => {
    if (toolInputOf(input) === undefined) throw malformedReply();
    input = '';
  };
  const enter = (type: Unnamed): ReplyEvent[] => {
    if (open === type) return [];
    const events: ReplyEvent[] = [...close(), begin(type)];
    requireInput();
    open = type;
    return events;
  };
  const readDelta = (delta: Json | undefined): ReplyEvent[] => {
    const text = at(delta, 'text');
    if (text !== undefined) return [...enter('text'), deltaEvent({ type: 'text', text: string(text) })];
    const piece = at(delta, 'toolUse', 'input');
    if (piece !== undefined) {
      if (open !== 'tool_use') throw malformedReply();
      const json = string(piece);
      input += json;
      return [deltaEvent({ type: 'input', json })];
    }
    const reasoning = at(delta, 'reasoningContent');
    if (reasoning === undefined) return [];
    return [...enter(kindOfReasoning(reasoning)), ...readReasoning(reasoning).map(deltaEvent)];
  };
  return (type, body) => {
    switch (type) {
      case 'contentBlockStart': {
        const toolUse = at(body, 'start', 'toolUse');
        if (toolUse === undefined) return close();
        const events = [...close(), beginTool(toolUse)];
        requireInput();
        open = 'tool_use';
        return events;
      }
      case 'contentBlockDelta':
        return readDelta(at(body, 'delta'));
      case 'contentBlockStop':
        return close();
      case 'messageStop': {
        const stop = readStop(body);
        if (!stop.some(({ stopReason }) => cutsOffTool(stopReason))) requireInput();
        return [...close(), ...stop];
      }
      case 'metadata':
        return readUsage(body);
      default:
        return [];
    }
  };
}
