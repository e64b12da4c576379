import {
  allInputTokens,
  type BilledTokens,
  type CacheTtl,
  cacheTtlsOf,
  costInMicroUsd,
  dearestRates,
  type Price,
  type ServiceTier,
} from '@org/models';
import type { ChosenModel } from '../config.ts';
import { at, isJsonObject, type Json, type JsonObject } from '../json.ts';
import { type Amounts, exceeds } from '../ledger/amounts.ts';
import { ProxyError } from '../proxy-error.ts';
import type { Block, CachePointBlock, JsonBlock, ModelCall, ModelChatCall, Sampling, Tool } from './call.ts';
import type { CountableCall } from './upstream.ts';

/**
 * Tokens that a model reads beside the call: the start of a chat template, if the model's own is not known; the role
 * and ends of each block, and of each argument of a tool's call, because some templates write an element for each; and
 * the instructions about tools or the output format, a few hundred.
 *
 * @see https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview#pricing
 * @see https://github.com/ggml-org/llama.cpp/tree/master/models/templates
 */
const templateTokens = { start: 1024, block: 16, tools: 1024 };

/** The facts of a model that bound its tokens. */
type Bounds = Pick<ChosenModel['definition'], 'contextTokens' | 'imageTokens' | 'templateTokens'>;

/**
 * The most tokens that a text can have. Tokenizers in use fall back to bytes, so a text has at most as many tokens as
 * bytes of UTF-8; but some normalize it first, and a normal form can be longer: U+0F76 doubles under NFC, U+FDFA grows
 * eleven times under NFKC. English has about a quarter of this. Too much is given back when the call is settled; too
 * little would let a limit be passed.
 *
 * @see https://www.unicode.org/reports/tr15/
 */
export function mostTokens(text: string): number {
  const bytes = Buffer.byteLength(text);
  // Each normal form of ASCII is itself.
  if (bytes === text.length) return bytes;
  const pieces = inPieces(text);
  return Math.max(bytes, normalBytes(pieces, 'NFC'), normalBytes(pieces, 'NFKC'));
}

/**
 * Bytes by which a normal form can be longer than those of two pieces of it: a mark at the start of one may part a
 * letter at the end of the other from a mark that it has. Three is the most that four million random pairs had.
 */
const joint = 8;

function normalBytes(pieces: readonly string[], form: 'NFC' | 'NFKC'): number {
  return sum(pieces, (piece) => Buffer.byteLength(piece.normalize(form)) + joint) - joint;
}

/**
 * A text in pieces of about 256 UTF-16 units, none of which splits a character. Normalizing sorts combining marks by
 * insertion, so that a long run of them in the wrong order would take time in the square of its length.
 */
function inPieces(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    const next = start + 256;
    const splits = (text.charCodeAt(next - 1) & 0xfc00) === 0xd800;
    const end = splits ? next + 1 : next;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

/**
 * The most input tokens that a call can have. An unknown part, such as the text of a PDF, counts as much as the model
 * can read at once.
 */
export function mostInputTokens(call: ModelCall, bounds: Bounds): number {
  const { contextTokens = asMuchAsFits } = bounds;
  switch (call.kind) {
    case 'chat':
      return Math.min(chatTokens(call, bounds), contextTokens);
    case 'messages':
      return Math.min(messagesTokens(call.body, bounds), contextTokens);
    case 'embed':
      // Each input is read on its own.
      return sum(call.inputs, (input) => Math.min(mostTokens(input) + templateTokens.block, contextTokens));
  }
}

/**
 * Bytes of a token, about: of English a tokenizer makes four, of code and of names of other languages fewer. A guess
 * that is rather high, for callers who ask how much fits.
 */
const likelyBytes = 3;

/** About the input tokens of a call, for a caller who asks. No limit depends on it. */
export function likelyInputTokens(call: ModelCall, { contextTokens, ...bounds }: Bounds): number {
  const text = mostInputTokens(call, { ...bounds, imageTokens: 0 });
  const images = mostInputTokens(call, bounds) - text;
  const likely = Math.ceil(text / likelyBytes) + images;
  // The text of a PDF is not known.
  return Number.isFinite(likely) ? likely : (contextTokens ?? 0);
}

function chatTokens(call: ModelChatCall, bounds: Bounds): number {
  const { messages, system = [], tools = [], outputFormat, extra, ...rest } = call;
  // A tier changes the price of a token, not the number.
  const { kind: _, maxTokens, toolChoice, serviceTier, ...sampling } = rest;
  // A field that the model reads but that is not counted could exceed a limit, so it does not compile.
  sampling satisfies Sampling & Record<Exclude<keyof typeof sampling, keyof Sampling>, never>;
  const blocks = [...system, ...messages.flatMap((message) => message.blocks)];
  return (
    startTokens(bounds) +
    (tools.length > 0 ? templateTokens.tools : 0) +
    sum(blocks, (block) => blockTokens(block, bounds)) +
    sum(tools, toolTokens) +
    (outputFormat ? outputFormatTokens(outputFormat) : 0) +
    (extra ? jsonTokens(extra) : 0)
  );
}

function startTokens({ templateTokens: own = templateTokens.start }: Bounds): number {
  return own;
}

function outputFormatTokens({ schema }: NonNullable<ModelChatCall['outputFormat']>): number {
  return templateTokens.tools + jsonTokens(schema);
}

function blockTokens(block: Block | JsonBlock, bounds: Bounds): number {
  const { block: around } = templateTokens;
  switch (block.type) {
    case 'text':
      return around + mostTokens(block.text);
    case 'json':
      return around + jsonTokens(block.json);
    case 'image':
      return around + (bounds.imageTokens ?? asMuchAsFits);
    case 'document':
      // The rest is packed: a PDF can have more text than bytes, and pages are seen as images too. One that is quoted
      // is cut into chunks, each with its number.
      return plain.has(block.format) && !block.citations
        ? around + mostTokens(block.name) + textOfBytes(block.bytes)
        : asMuchAsFits;
    case 'tool_use':
      return (
        around +
        jsonTokens({ id: block.id, name: block.name, input: block.input }) +
        argumentTokens(block.input)
      );
    case 'tool_result':
      // Some templates write a text that a tool returned as JSON too.
      return (
        around +
        mostTokens(block.id) +
        sum(block.content, (content) =>
          content.type === 'text' ? around + jsonTokens(content.text) : blockTokens(content, bounds),
        )
      );
    case 'reasoning':
      return around + mostTokens(block.text) + mostTokens(block.signature ?? '');
    case 'redacted_reasoning':
      return asMuchAsFits;
    case 'cache_point':
      return 0;
  }
}

function argumentTokens(input: Json | undefined): number {
  return isJsonObject(input) ? templateTokens.block * Object.keys(input).length : 0;
}

/** Bounded by the context window; without one that is known, such a call is refused. */
const asMuchAsFits = Number.POSITIVE_INFINITY;

/** Documents whose bytes are their text. */
const plain: ReadonlySet<string> = new Set(['csv', 'html', 'txt', 'md']);

function textOfBytes(bytes: Uint8Array): number {
  return mostTokens(new TextDecoder().decode(bytes));
}

function toolTokens(tool: Tool | CachePointBlock): number {
  if (tool.type === 'cache_point') return 0;
  const { type: _, name, description, inputSchema, ...uncounted } = tool;
  uncounted satisfies Record<string, never>;
  return templateTokens.block + jsonTokens({ name, description: description ?? '', inputSchema });
}

/**
 * A template may write JSON indented, and with every character escaped that is not ASCII: six letters for each.
 *
 * @see https://docs.python.org/3/library/json.html#json.dumps
 */
function jsonTokens(json: Json): number {
  const text = JSON.stringify(json, undefined, 4);
  const ascii = text.replaceAll(/[^\0-\x7f]/g, '').length;
  return Math.max(mostTokens(text), ascii + 6 * (text.length - ascii));
}

/** Any field of the Messages API, known or not: everything counts as written, except known packed data. */
function messagesTokens({ system, messages, ...rest }: JsonObject, bounds: Bounds): number {
  const turns = Array.isArray(messages) ? messages : [messages ?? null];
  return (
    startTokens(bounds) +
    templateTokens.tools +
    jsonTokens(rest) +
    contentTokens(system, bounds) +
    sum(turns, (turn) => templateTokens.block + tokensAround(turn, bounds))
  );
}

/** An object with content beside other fields. */
function tokensAround(value: Json, bounds: Bounds): number {
  if (!isJsonObject(value)) return jsonTokens(value);
  const { content, ...rest } = value;
  return jsonTokens(rest) + contentTokens(content, bounds);
}

/** A string, or blocks. Only here is it a block: elsewhere, such as in a tool's input, it is data. */
function contentTokens(content: Json | undefined, bounds: Bounds): number {
  if (typeof content === 'string') return mostTokens(content);
  if (content === undefined) return 0;
  // One block may stand for a list of one.
  return sum(
    Array.isArray(content) ? content : [content],
    (block) =>
      templateTokens.block +
      (packedTokens(block, bounds) ?? tokensAround(block, bounds) + argumentTokens(at(block, 'input'))),
  );
}

/** Blocks that the model reads as their JSON. Any other kind is unknown. */
const unpacked: ReadonlySet<string> = new Set([
  ...['text', 'thinking', 'tool_use', 'tool_result', 'tool_reference', 'search_result'],
]);

/** For a block whose bytes are not its text. A quoted block is cut into numbered chunks. */
function packedTokens(block: Json, { imageTokens = asMuchAsFits }: Bounds): number | undefined {
  const type = at(block, 'type');
  switch (type) {
    case undefined:
      return undefined;
    case 'image':
      return imageTokens;
    case 'document':
      return at(block, 'source', 'type') === 'text' && !(at(block, 'citations', 'enabled') ?? false)
        ? undefined
        : asMuchAsFits;
    default:
      return typeof type === 'string' && unpacked.has(type) ? undefined : asMuchAsFits;
  }
}

/**
 * The input tokens of a call that CountTokens does not count: it does not take the form of an answer.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseTokensRequest.html
 */
export function uncountedTokens(call: CountableCall): number {
  return call.kind === 'chat' && call.outputFormat ? outputFormatTokens(call.outputFormat) : 0;
}

/**
 * The most that a call can cost. Without a price the USD are 0: no such call is made under a limit in USD.
 *
 * @param mostInput The most input tokens that it can have, if more is known than {@link mostInputTokens}.
 * @throws {ProxyError} `unsupported_feature` if the most input tokens are not known.
 */
export function worstCaseOf(
  call: ModelCall,
  model: Pick<ChosenModel, 'alias' | 'definition' | 'price'>,
  mostInput = Number.POSITIVE_INFINITY,
): Amounts {
  return worstCasesOf(call, model, mostInput)(mostOutputTokens(call));
}

/**
 * The most output tokens, up to its own, with which a call costs no more than there is room for; 0 if not even its input fits.
 *
 * @param mostInput As in {@link worstCaseOf}.
 */
export function mostOutputWithin(
  room: Amounts,
  call: ModelCall,
  model: Pick<ChosenModel, 'alias' | 'definition' | 'price'>,
  mostInput = Number.POSITIVE_INFINITY,
): number {
  const costs = worstCasesOf(call, model, mostInput);
  let [fits, above] = [0, mostOutputTokens(call) + 1];
  while (above - fits > 1) {
    const middle = Math.floor((fits + above) / 2);
    if (exceeds(costs(middle), room)) above = middle;
    else fits = middle;
  }
  return fits;
}

/** The most that a call can cost, by its output tokens: more of them never cost less. */
function worstCasesOf(
  call: ModelCall,
  { alias, definition, price }: Pick<ChosenModel, 'alias' | 'definition' | 'price'>,
  mostInput: number,
): (outputTokens: number) => Amounts {
  const inputTokens = Math.min(mostInput, mostInputTokens(call, definition));
  if (!Number.isFinite(inputTokens)) {
    throw new ProxyError({
      code: 'unsupported_feature',
      message: `The context window of the model ${alias} is not known here, so the cost of an image or a document has no upper bound. Leave it out, or ask the operator to add contextTokens to the model.`,
    });
  }
  const dearest = dearestOf(call, { definition, price }, inputTokens);
  return (outputTokens) => ({
    requests: 1,
    tokens: inputTokens + outputTokens,
    usd: dearest ? costInMicroUsd(dearest, { inputTokens, outputTokens }) : 0,
  });
}

/** The dearest rates of a call; `undefined` if the model, or a feature that the call uses, has no price. */
function dearestOf(
  call: ModelCall,
  { definition, price }: Pick<ChosenModel, 'definition' | 'price'>,
  inputTokens: number,
) {
  const cached = cacheTtlsOf(definition, cacheTtlsIn(call));
  return price && dearestRates(price, { mostInputTokens: inputTokens, cached, tier: tierOf(call) });
}

/** The part of a call that has no price although the model has one; `undefined` if every part has a price. */
export function unpricedPartOf(
  call: ModelCall,
  model: Pick<ChosenModel, 'definition' | 'price'>,
): 'serviceTier' | 'cache' | undefined {
  if (!model.price || dearestOf(call, model, mostInputTokens(call, model.definition))) return undefined;
  return tierOf(call) ? 'serviceTier' : 'cache';
}

function tierOf(call: ModelCall): ServiceTier | undefined {
  return call.kind === 'chat' ? call.serviceTier : undefined;
}

/** How long a call asks to cache its input. */
function cacheTtlsIn(call: ModelCall): CacheTtl[] {
  switch (call.kind) {
    case 'chat': {
      const { system = [], tools = [], messages } = call;
      return [...system, ...tools, ...messages.flatMap(({ blocks }) => blocks)].flatMap((block) =>
        block.type === 'cache_point' ? (block.ttl ?? '5m') : [],
      );
    }
    case 'messages':
      return cacheControlsIn(call.body);
    case 'embed':
      return [];
  }
}

/** At any place: the Messages API may accept it in new places. */
function cacheControlsIn(value: Json): CacheTtl[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) =>
    name === 'cache_control' && field !== null
      ? at(field, 'ttl') === '1h'
        ? '1h'
        : '5m'
      : cacheControlsIn(field),
  );
}

function mostOutputTokens(call: ModelCall): number {
  switch (call.kind) {
    case 'chat':
      return call.maxTokens;
    case 'messages':
      return call.body.max_tokens;
    case 'embed':
      return 0;
  }
}

/** The true cost of a call, by Bedrock's count. A call served in a cheaper tier than it asked for costs no less. */
export function trueCostOf(usage: BilledTokens, price: Price | undefined, call: ModelCall): Amounts {
  return {
    requests: 1,
    tokens: allInputTokens(usage) + usage.outputTokens,
    usd: price ? costInMicroUsd(price, usage, { tier: tierOf(call) }) : 0,
  };
}

function sum<Item>(items: readonly Item[], amount: (item: Item) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}
