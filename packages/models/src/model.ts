import * as z from 'zod/mini';
import { Price, type ServiceTier, serviceTiers } from './price.ts';
import { type CacheTtl, PromptCache } from './prompt-cache.ts';
import { Reasoning } from './reasoning.ts';

/** Capabilities that need no details. */
export const plainCapabilities = [
  'system',
  'history',
  'stop',
  'temperature',
  'topP',
  /** Both in one request; some models take one or the other. */
  'temperatureWithTopP',
  'images',
  'documents',
  'stream',
] as const;
export type PlainCapability = (typeof plainCapabilities)[number];

/** What a model takes beyond one text and `maxTokens`: parts of a request, and options of a call. */
export type Capability =
  | PlainCapability
  | 'tools'
  /** The request can say how hard to think. */
  | 'reasoning'
  /** The request can set points up to which the prompt is cached. */
  | 'cache'
  /** The request can ask for another tier than the standard one. */
  | 'serviceTier'
  | 'outputSchema'
  /** Texts to turn into vectors, and nothing else. */
  | 'embed';

/** Whether a model may call a tool, must call one, or must call one by name. */
const toolChoices = ['auto', 'required', 'named'] as const;
export type ToolChoiceKind = (typeof toolChoices)[number];

/**
 * How a model is made to answer with JSON of a given schema: by Bedrock itself, or as the arguments of a tool that it is
 * forced to call.
 */
export type StructuredOutput = 'native' | 'tool';

/** The supported request bodies of InvokeModel for text. */
export type InvokeFormat = 'titan-text' | 'llama';

/** The supported request bodies of InvokeModel for vectors. */
export type EmbedFormat = 'titan-embed' | 'cohere-embed';

/**
 * The operation of Bedrock that answers: Converse, or InvokeModel with a model family's own body. What an `invoke`
 * model can do follows from its body format; an `embed` model only turns texts into vectors.
 */
export type ModelUpstream =
  | {
      readonly upstream: 'converse';
      /** Capabilities that need no details. */
      readonly capabilities: readonly PlainCapability[];
      /** The tool choices that it supports. Left out: it takes no tools. */
      readonly toolChoices?: readonly ToolChoiceKind[] | undefined;
      /** How it thinks before it answers. Left out: a request cannot ask it to. */
      readonly reasoning?: Reasoning | undefined;
      /** How it caches the start of a prompt. Left out: not at all. */
      readonly cache?: PromptCache | undefined;
      /**
       * The service tiers that Converse offers for it, apart from the standard one. Left out: none.
       *
       * @see https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html
       */
      readonly serviceTiers?: readonly ServiceTier[] | undefined;
      /** Left out: it takes no `outputSchema`. */
      readonly structuredOutput?: StructuredOutput | undefined;
      /** Whether CountTokens counts its input. Default: false. */
      readonly countTokens?: boolean | undefined;
      /** Whether InvokeModel also takes a body of Anthropic's Messages API for it, as for Claude. Default: false. */
      readonly messagesApi?: boolean | undefined;
    }
  | { readonly upstream: 'invoke'; readonly format: InvokeFormat }
  | {
      readonly upstream: 'embed';
      readonly format: EmbedFormat;
      /** The supported lengths of a vector, the default first. Left out: the length cannot be chosen. */
      readonly dimensions?: readonly number[] | undefined;
    };

/** Whether Bedrock still offers a model. Dates are ISO 8601 days. */
export type Lifecycle =
  | { readonly status: 'active' }
  | { readonly status: 'legacy'; readonly endOfLife: string }
  | { readonly status: 'end-of-life'; readonly since: string };

/** An estimate: AWS may change its prices, and the bill decides. */
export interface ModelPrice extends Price {
  /** Regions whose calls have this price. Left out: all. */
  readonly regions?: readonly string[] | undefined;
  /** The day on which it was read. */
  readonly date: string;
  /** The page on which it was read. */
  readonly source?: string | undefined;
}

export type ModelDefinition = ModelUpstream & {
  /** A foundation model id, or the ARN of an imported model. */
  readonly modelId: string;
  /** Regions in which the bare id can be called on demand. Left out: all. */
  readonly onDemandRegions?: readonly string[] | undefined;
  /**
   * Cross-Region inference profiles by id prefix (`us`, `eu`, `apac`, `global` ...): for each Region that can call one,
   * the Regions that may answer; for a global profile, the calling Region and the empty string.
   */
  readonly inferenceProfiles?:
    | Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
    | undefined;
  /** The most tokens that question, history and answer can have together. */
  readonly contextTokens?: number | undefined;
  /**
   * The most tokens that its chat template adds before the first message, a system prompt of its own included. Left out:
   * 1,024, more than any that is known.
   */
  readonly templateTokens?: number | undefined;
  /** The most tokens that one image can take, whatever its size. Left out: as many as fit. */
  readonly imageTokens?: number | undefined;
  /** The most tokens that one answer can have; 0 for vectors. */
  readonly maxOutputTokens: number;
  readonly lifecycle: Lifecycle;
  /** AWS's price by Region; the first that matches counts. A limit in USD needs it. */
  readonly price?: readonly ModelPrice[] | undefined;
  /** Where these facts were read, and when. */
  readonly source?: { readonly url: string; readonly date: string } | undefined;
};

/** A model that a deployment offers: an alias of the catalogue, or the deployment's own definition. */
export type OfferedModel = string | (ModelDefinition & { readonly alias: string });

const day = z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day such as 2027-03-30'));
const alias = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9.-]*$/, 'must be lower-case letters, digits, dots and hyphens'));

const facts = {
  alias,
  modelId: z
    .string()
    .check(
      z.regex(
        /^(?:[a-z0-9][a-z0-9.:-]*|arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d{12}:imported-model\/[A-Za-z0-9]+)$/,
        'must be the id of a foundation model, or the ARN of an imported model',
      ),
    ),
  onDemandRegions: z.optional(z.array(z.string())),
  inferenceProfiles: z.optional(z.record(z.string(), z.record(z.string(), z.array(z.string())))),
  contextTokens: z.optional(z.int().check(z.minimum(1))),
  templateTokens: z.optional(z.int().check(z.minimum(0))),
  imageTokens: z.optional(z.int().check(z.minimum(1))),
  maxOutputTokens: z.int().check(z.minimum(1)),
  lifecycle: z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('active') }),
    z.strictObject({ status: z.literal('legacy'), endOfLife: day }),
    z.strictObject({ status: z.literal('end-of-life'), since: day }),
  ]),
  price: z.optional(
    z.array(
      z.extend(Price, {
        regions: z.optional(z.array(z.string())),
        date: day,
        source: z.optional(z.string()),
      }),
    ),
  ),
  source: z.optional(z.strictObject({ url: z.string(), date: day })),
};

export const OfferedModel = z.union([
  alias,
  z.discriminatedUnion('upstream', [
    z.strictObject({
      ...facts,
      upstream: z.literal('converse'),
      capabilities: z.array(z.enum(plainCapabilities)),
      toolChoices: z.optional(z.array(z.enum(toolChoices))),
      reasoning: z.optional(Reasoning),
      cache: z.optional(PromptCache),
      serviceTiers: z.optional(z.array(z.enum(serviceTiers)).check(z.minLength(1))),
      countTokens: z.optional(z.boolean()),
      structuredOutput: z.optional(z.enum(['native', 'tool'])),
      messagesApi: z.optional(z.boolean()),
    }),
    z.strictObject({ ...facts, upstream: z.literal('invoke'), format: z.enum(['titan-text', 'llama']) }),
    z.strictObject({
      ...facts,
      upstream: z.literal('embed'),
      format: z.enum(['titan-embed', 'cohere-embed']),
      maxOutputTokens: z.literal(0),
      dimensions: z.optional(z.array(z.int().check(z.minimum(1)))),
    }),
  ]),
]) satisfies z.ZodMiniType<OfferedModel>;

/** The capabilities of InvokeModel's text bodies, and their output tokens if a request names no number. */
export const invokeFormats: Readonly<
  Record<InvokeFormat, { readonly capabilities: readonly Capability[]; readonly defaultMaxTokens: number }>
> = {
  'titan-text': {
    capabilities: ['stop', 'temperature', 'topP', 'temperatureWithTopP', 'stream'],
    defaultMaxTokens: 4096,
  },
  llama: { capabilities: ['temperature', 'topP', 'temperatureWithTopP', 'stream'], defaultMaxTokens: 512 },
};

/** What a model takes beyond a question and `maxTokens`. */
export function capabilitiesOf(model: ModelDefinition): readonly Capability[] {
  switch (model.upstream) {
    case 'converse': {
      const { capabilities, toolChoices, reasoning, cache, serviceTiers, structuredOutput } = model;
      const further = {
        tools: toolChoices !== undefined,
        reasoning: reasoning !== undefined,
        cache: cache?.points !== undefined,
        serviceTier: serviceTiers !== undefined,
        outputSchema: structuredOutput !== undefined,
      } as const;
      const names = ['tools', 'reasoning', 'cache', 'serviceTier', 'outputSchema'] as const;
      return [...capabilities, ...names.filter((name) => further[name])];
    }
    case 'invoke':
      return invokeFormats[model.format].capabilities;
    case 'embed':
      return ['embed'];
  }
}

/**
 * How long a cache may keep what a call writes to it, for each write that is possible.
 *
 * @param asked The times that the call asks for.
 */
export function cacheTtlsOf(model: ModelDefinition, asked: readonly CacheTtl[]): readonly CacheTtl[] {
  return model.upstream === 'converse' && model.cache?.implicit ? [...asked, '5m'] : asked;
}
