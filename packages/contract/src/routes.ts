import { type ErrorCode, errorCodes, errorDefinition } from './errors.ts';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Below the stage: `https://{api}/{stage}{path}`. A part in braces is a parameter, which callers encode. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** Whether its body is a request for a model. All such routes call the model, and may cost money, except counting tokens. */
  readonly asks: boolean;
  /** Error codes in addition to those of every route and, if it asks a model, those of asking. Default: none. */
  readonly errors?: readonly ErrorCode[];
  /** Of a success. An error is JSON, unless it ends a stream that has begun. */
  readonly mediaType: 'application/json' | 'text/event-stream';
  /** Whether `stream: true` in the request makes server-sent events of the answer. Default: false. */
  readonly streams?: boolean;
}

/** Every route, once. The Lambda's router, the API Gateway resources and the client all read this table. */
export const routes = {
  ask: {
    method: 'POST',
    path: '/bedrock',
    summary: 'Ask a model a question and get its whole answer.',
    asks: true,
    mediaType: 'application/json',
  },
  stream: {
    method: 'POST',
    path: '/bedrock/stream',
    summary: 'Ask a model a question and get its answer while it is written, as server-sent events.',
    asks: true,
    mediaType: 'text/event-stream',
  },
  embed: {
    method: 'POST',
    path: '/bedrock/embed',
    summary: 'Turn texts into vectors.',
    asks: true,
    mediaType: 'application/json',
  },
  chatCompletions: {
    method: 'POST',
    path: '/v1/chat/completions',
    summary: "OpenAI's chat completions, whole or as server-sent events.",
    asks: true,
    mediaType: 'application/json',
    streams: true,
  },
  embeddings: {
    method: 'POST',
    path: '/v1/embeddings',
    summary: "OpenAI's embeddings: turn texts into vectors.",
    asks: true,
    mediaType: 'application/json',
  },
  responses: {
    method: 'POST',
    path: '/v1/responses',
    summary: "OpenAI's responses, whole or as server-sent events.",
    asks: true,
    mediaType: 'application/json',
    streams: true,
  },
  messages: {
    method: 'POST',
    path: '/v1/messages',
    summary: "Anthropic's Messages API, whole or as server-sent events.",
    asks: true,
    mediaType: 'application/json',
    streams: true,
  },
  countTokens: {
    method: 'POST',
    path: '/v1/messages/count_tokens',
    summary: "Count the tokens of a request of Anthropic's Messages API, free of charge.",
    asks: true,
    mediaType: 'application/json',
  },
  models: {
    method: 'GET',
    path: '/models',
    summary: 'List the models that this key may ask, and what each can do.',
    asks: false,
    mediaType: 'application/json',
  },
  v1Models: {
    method: 'GET',
    path: '/v1/models',
    summary: "List the models that this key may ask, as OpenAI's and Anthropic's SDKs read them.",
    asks: false,
    mediaType: 'application/json',
  },
  v1Model: {
    method: 'GET',
    path: '/v1/models/{model}',
    summary: "Look up one model by its alias or id, as OpenAI's and Anthropic's SDKs read it.",
    asks: false,
    errors: ['unknown_model', 'model_not_allowed'],
    mediaType: 'application/json',
  },
  usage: {
    method: 'GET',
    path: '/usage',
    summary: "See this key's limits: how much is used, how much is left, and when they reset.",
    asks: false,
    mediaType: 'application/json',
  },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;

/** What a success may be sent as. */
export function mediaTypesOf({ mediaType, streams }: Route): readonly Route['mediaType'][] {
  return streams ? [mediaType, 'text/event-stream'] : [mediaType];
}

export const routeNames = Object.keys(routes) as readonly RouteName[];

/** Whose API a route speaks: this proxy's own, or one that other clients know. */
export type DoorName = 'native' | 'openai' | 'anthropic';

/** By its path: Anthropic's messages, and all else below `/v1` as OpenAI has it; undefined for what both have. */
export function doorOf({ path }: Route): DoorName | undefined {
  if (!path.startsWith('/v1/')) return 'native';
  if (path.startsWith('/v1/models')) return undefined;
  return path.startsWith('/v1/messages') ? 'anthropic' : 'openai';
}

/** Every code that a route can answer with. */
export function errorsOf({ asks, errors = [] }: Route): readonly ErrorCode[] {
  return errorCodes.filter((code) => {
    const { from } = errorDefinition(code);
    return from === 'every route' || (from === 'asking' && asks) || errors.includes(code);
  });
}
