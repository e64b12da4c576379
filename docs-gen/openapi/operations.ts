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
  { name: 'Ask', description: 'Ask a model. Each call counts against the limits.' },
  { name: 'OpenAI', description: "The same in OpenAI's API, for its SDKs and other clients of it." },
  {
    name: 'Anthropic',
    description: "The same in Anthropic's API, for its SDKs and other clients of it.",
  },
  {
    name: 'Look up',
    description:
      'The models of a key, and what is left of its limits. These requests do not count against them.',
  },
] as const;

export const operations: Readonly<Record<RouteName, Operation>> = {
  ask: {
    tag: 'Ask',
    description: [
      'An answer may take up to 5 minutes. Use the stream for longer ones.',
      '',
      'Before the call, the proxy reserves the most that it can cost from every limit. Afterwards it charges the true cost. A',
      'call that may not fit is refused, and costs nothing.',
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
      'A failure before the first event is an HTTP error. Lines that begin with a colon are comments, which keep the',
      'connection alive: at least one every 15 seconds. Skip events of unknown types.',
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
      'Events. The schema describes the `data` of an event, which is JSON in one line; `type` is the name of the event.',
    limitHeaders: false,
    request: { schema: AskRequestSchema, examples: requestExamples },
    response: { schema: StreamEventSchema, examples: eventExamples },
  },
  embed: {
    tag: 'Ask',
    description: [
      'Up to 256 texts in one request, which counts once against limits of requests. Each becomes one vector. No text is cut',
      'off: one that is longer than the model can read is an error.',
    ].join('\n'),
    answer: 'One vector per text, in the same order.',
    limitHeaders: true,
    request: { schema: EmbedRequestSchema, examples: embedRequestExamples },
    response: { schema: EmbeddingsSchema, examples: embeddingsExamples },
  },
  chatCompletions: {
    tag: 'OpenAI',
    description: [
      "The request and the answer are those of [OpenAI's API](https://developers.openai.com/api/reference/resources/chat): give",
      'its SDKs the URL of this deployment, with `/v1` after the stage, as their base URL. docs/doors.md describes',
      'each field. With `stream: true` the answer is a stream of server-sent events, which ends with `[DONE]`, or with an',
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
      "the API of the Vercel AI SDK's `openai()`, the Agents SDK and Codex. Nothing is stored, so each request must have its",
      'whole input. docs/doors.md describes each field. With `stream: true` the answer is a stream of server-sent events,',
      'which ends with `response.completed`, `response.incomplete` or `response.failed`.',
    ].join('\n'),
    answer: 'The response, or its events.',
    limitHeaders: true,
  },
  messages: {
    tag: 'Anthropic',
    description: [
      "The request and the answer are those of [Anthropic's API](https://platform.claude.com/docs/en/api/messages): give its SDKs",
      'the URL of this deployment, with the stage and without `/v1`, as their base URL. docs/doors.md describes',
      'each field. Claude gets the request nearly as it is, and other models get it translated. With `stream: true` the answer',
      'is a stream of server-sent events, which ends with `message_stop`, or with an `error` as its last event.',
    ].join('\n'),
    answer: 'The message, or its events.',
    limitHeaders: true,
  },
  countTokens: {
    tag: 'Anthropic',
    description: [
      "The request and the answer are those of [Anthropic's API](https://platform.claude.com/docs/en/api/messages-count-tokens).",
      'Nothing is charged. The header `x-token-count` is `exact` if Bedrock counted. For models that Bedrock does not count for,',
      'it is `estimate`, and the number is rather high.',
    ].join('\n'),
    answer: 'The number of tokens.',
    limitHeaders: false,
    headers: [headers.tokenCount],
  },
  models: {
    tag: 'Look up',
    description:
      'Each model with its capabilities. A request that needs another one is refused with `unsupported_feature`.',
    answer: 'The models.',
    limitHeaders: false,
    response: { schema: ModelListSchema, examples: modelListExamples },
  },
  v1Models: {
    tag: 'Look up',
    description: [
      "One object for both: OpenAI's `{object, data}` and Anthropic's `{data, has_more, first_id, last_id}`, each model with",
      'the fields of both. All are on one page. `id` is a name for requests: an alias, or another name that the config gives a model.',
    ].join('\n'),
    answer: 'The models.',
    limitHeaders: false,
  },
  v1Model: {
    tag: 'Look up',
    description:
      'Takes every name that a request for an answer takes, including the ids of Bedrock and Anthropic, and repeats it as `id`.',
    answer: 'The model.',
    pathParameters: { model: 'Name of a model, URL-encoded.' },
    limitHeaders: false,
  },
  usage: {
    tag: 'Look up',
    description:
      'The exact numbers that admit or refuse calls. The most that calls in flight may still cost counts as used.',
    answer: 'The limits.',
    limitHeaders: true,
    response: { schema: UsageReportSchema, examples: usageExamples },
  },
};
