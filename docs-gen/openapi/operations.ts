import {
  AnswerSchema,
  AskRequestSchema,
  EmbeddingsSchema,
  EmbedRequestSchema,
  headers,
  ModelListSchema,
  type RouteName,
  StreamEventSchema,
  UsageReportSchema,
} from '@org/contract';
import type * as z from 'zod/mini';
import {
  answerExamples,
  type Example,
  embeddingsExamples,
  embedRequestExamples,
  eventExamples,
  modelListExamples,
  requestExamples,
  usageExamples,
} from './examples.ts';

/** JSON of one of the contract's schemas. */
export interface Body {
  readonly schema: z.ZodMiniType;
  readonly examples: Readonly<Record<string, Example>>;
}

/** The requests and responses of a route, and the document's text about it beyond the contract's table of routes. */
interface Operation {
  readonly tag: string;
  readonly description: string;
  /** Describes the answer if nothing went wrong. */
  readonly answer: string;
  /** Describes each parameter of the path. Default: there are none. */
  readonly pathParameters?: Readonly<Record<string, string>>;
  /** Whether the answer's headers report what is left of the limits. */
  readonly limitHeaders: boolean;
  /** Names of further headers that only this route has. */
  readonly headers?: readonly string[];
  /** The body that it takes; left out if it takes none, or if another API defines it. */
  readonly request?: Body;
  /**
   * The answer if nothing went wrong; for a stream, each of its events. Left out if another API defines it.
   */
  readonly response?: Body;
}

export const tags = [
  { name: 'Ask', description: 'Ask a model, and have it counted.' },
  { name: 'OpenAI', description: "The same for OpenAI's SDKs, and for whatever else speaks as they do." },
  {
    name: 'Anthropic',
    description: "The same for Anthropic's SDKs, and for whatever else speaks as they do.",
  },
  {
    name: 'Look up',
    description: 'What the key may do, and what is left of its limits. Neither counts against them.',
  },
] as const;

export const operations: Readonly<Record<RouteName, Operation>> = {
  ask: {
    tag: 'Ask',
    description: [
      'The answer has up to 5 minutes. A longer one is for the stream.',
      '',
      'Before the model is called, the most that the call can cost is held of every limit; afterwards what it did cost is',
      'charged. A call that may not fit is refused, and costs nothing.',
    ].join('\n'),
    answer: 'The whole answer.',
    limitHeaders: true,
    request: { schema: AskRequestSchema, examples: requestExamples },
    response: { schema: AnswerSchema, examples: answerExamples },
  },
  stream: {
    tag: 'Ask',
    description: [
      'Takes the same request, and answers for up to 15 minutes as',
      '[server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html): `start`; any number of',
      '`delta` for text, and for every other block a `block_start`, any number of `block_delta` and a `block_end`; then',
      'exactly one of `done` and `error`. A stream that stops without one of the two has failed.',
      '',
      'What goes wrong before the first event is an HTTP error. Lines that begin with a colon are comments, which keep the',
      'connection alive: at least one every 15 seconds. Skip events of types that you do not know.',
      '',
      '```',
      'event: delta',
      'data: {"type":"delta","text":"A dystopia is"}',
      '',
      'event: done',
      'data: {"type":"done","content":[...],"stopReason":"end_turn","usage":{...},"limits":[...]}',
      '```',
    ].join('\n'),
    answer:
      'Events. The schema is that of the `data` of each, which is JSON in one line; `type` is the name of the event.',
    limitHeaders: false,
    request: { schema: AskRequestSchema, examples: requestExamples },
    response: { schema: StreamEventSchema, examples: eventExamples },
  },
  embed: {
    tag: 'Ask',
    description: [
      'Up to 256 texts in one request, which counts once against limits of requests. Each becomes one vector,',
      'and none is cut: one that is longer than the model can read is an error.',
    ].join('\n'),
    answer: 'A vector for each text, in their order.',
    limitHeaders: true,
    request: { schema: EmbedRequestSchema, examples: embedRequestExamples },
    response: { schema: EmbeddingsSchema, examples: embeddingsExamples },
  },
  chatCompletions: {
    tag: 'OpenAI',
    description: [
      "The request and the answer are those of [OpenAI's API](https://developers.openai.com/api/reference/resources/chat): give",
      'its SDKs the URL of this deployment, with `/v1` after the stage, as their base URL. What becomes of each field is in',
      'docs/doors.md. With `stream: true` the answer is a stream of server-sent events, which ends with `[DONE]`, or with an',
      'error as its last event.',
    ].join('\n'),
    answer: 'The completion, or its chunks.',
    limitHeaders: true,
  },
  embeddings: {
    tag: 'OpenAI',
    description: [
      "The request and the answer are those of [OpenAI's API](https://developers.openai.com/api/reference/resources/embeddings).",
      'Up to 2,048 texts in one request, which counts once against limits of requests.',
    ].join('\n'),
    answer: 'The vectors.',
    limitHeaders: true,
  },
  responses: {
    tag: 'OpenAI',
    description: [
      "The request and the answer are those of [OpenAI's API](https://developers.openai.com/api/reference/resources/responses):",
      "what the Vercel AI SDK's `openai()`, the Agents SDK and Codex speak. Nothing is stored, so each request brings its whole",
      'input. What becomes of each field is in docs/doors.md. With `stream: true` the answer is a stream of server-sent events,',
      'which ends with `response.completed`, `response.incomplete` or `response.failed`.',
    ].join('\n'),
    answer: 'The response, or its events.',
    limitHeaders: true,
  },
  messages: {
    tag: 'Anthropic',
    description: [
      "The request and the answer are those of [Anthropic's API](https://platform.claude.com/docs/en/api/messages): give its SDKs",
      'the URL of this deployment, with the stage and without `/v1`, as their base URL. What becomes of each field is in',
      'docs/doors.md. Claude gets the request nearly as it is, and other models get it translated. With `stream: true` the answer',
      'is a stream of server-sent events, which ends with `message_stop`, or with an `error` as its last event.',
    ].join('\n'),
    answer: 'The message, or its events.',
    limitHeaders: true,
  },
  countTokens: {
    tag: 'Anthropic',
    description: [
      "The request and the answer are those of [Anthropic's API](https://platform.claude.com/docs/en/api/messages-count-tokens).",
      'Nothing is charged. The header `x-token-count` says `exact` where Bedrock has counted; it does not for every model, and',
      'else the number is an `estimate`, which is rather high.',
    ].join('\n'),
    answer: 'The number of tokens.',
    limitHeaders: false,
    headers: [headers.tokenCount],
  },
  models: {
    tag: 'Look up',
    description: 'Ask only what a model can: what it cannot is refused with `unsupported_feature`.',
    answer: 'The models.',
    limitHeaders: false,
    response: { schema: ModelListSchema, examples: modelListExamples },
  },
  v1Models: {
    tag: 'Look up',
    description: [
      "One object for both: OpenAI's `{object, data}` and Anthropic's `{data, has_more, first_id, last_id}`, each model with",
      'the fields of both. All are in one page. `id` is a name to ask by: an alias, or one that the config gives a model.',
    ].join('\n'),
    answer: 'The models.',
    limitHeaders: false,
  },
  v1Model: {
    tag: 'Look up',
    description:
      'Takes every name that asking takes, those that Bedrock and Anthropic have for a model too, and repeats it as `id`.',
    answer: 'The model.',
    pathParameters: { model: 'Name of a model, URL-encoded.' },
    limitHeaders: false,
  },
  usage: {
    tag: 'Look up',
    description:
      'The numbers are exact, and those that decide. What calls in flight may still cost is counted as used.',
    answer: 'The limits.',
    limitHeaders: true,
    response: { schema: UsageReportSchema, examples: usageExamples },
  },
};
