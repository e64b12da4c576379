import {
  type Answer,
  type AnswerBlock,
  type AskRequest,
  askCapabilities,
  type Embeddings,
  type EmbedRequest,
  type ErrorCode,
  type ErrorEnvelope,
  type ErrorStatement,
  errorEnvelope,
  type ModelList,
  type StreamEvent,
  type UsageReport,
} from '@org/contract';

/** An Example Object of OpenAPI. */
export interface Example<Value = unknown> {
  readonly summary: string;
  readonly value: Value;
}

type Examples<Value> = Readonly<Record<string, Example<Value>>>;

const requestId = '7c1f6f0e-9d2b-4f4e-8f0a-3f1d6b1f2a55';

const limits: UsageReport['limits'] = [
  {
    limit: 'requests',
    period: 'month',
    scope: 'team',
    max: 100,
    used: 13,
    remaining: 87,
    resetsAt: '2026-12-01T00:00:00.000Z',
  },
  {
    limit: 'usd',
    period: 'month',
    scope: 'team',
    max: 0.25,
    used: 0.0021,
    remaining: 0.2479,
    resetsAt: '2026-12-01T00:00:00.000Z',
  },
];

const novaLite = { model: 'nova-lite', modelId: 'amazon.nova-lite-v1:0' };
const usage = { inputTokens: 15, outputTokens: 42, totalTokens: 57, costUsd: 0.000011 };

const outputSchema = {
  type: 'object',
  properties: { city: { type: 'string' }, country: { type: 'string' } },
  required: ['city', 'country'],
};

const weatherTool = {
  name: 'weather',
  description: 'The weather of a city today.',
  inputSchema: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
  },
};

const weatherCall = {
  type: 'tool_use',
  id: 'tooluse_1',
  name: 'weather',
  input: { city: 'Oran' },
} as const satisfies AnswerBlock;

/** Examples of the body of `ask` and `stream`. The viewer fills in the first. */
export const requestExamples: Examples<AskRequest> = {
  question: {
    summary: 'A question',
    value: { model: 'nova-lite', question: 'What is a dystopia?', maxTokens: 300 },
  },
  conversation: {
    summary: 'The next question of a conversation',
    value: {
      model: 'nova-lite',
      system: 'Answer in one sentence.',
      history: [
        { role: 'user', text: 'What is a dystopia?' },
        { role: 'assistant', text: 'An imagined society in which life is made miserable.' },
      ],
      question: 'Name one of 1932.',
      maxTokens: 100,
      temperature: 0.2,
      stop: ['\n\n'],
    },
  },
  structured: {
    summary: 'An answer as JSON of a schema',
    value: { model: 'titan', question: 'Where was Camus born?', outputSchema },
  },
  tools: {
    summary: 'A question, and a tool to answer it with',
    value: { model: 'nova-lite', question: 'Is it raining in Oran?', tools: [weatherTool] },
  },
  results: {
    summary: 'What the tool returned',
    value: {
      model: 'nova-lite',
      messages: [
        { role: 'user', content: 'Is it raining in Oran?' },
        { role: 'assistant', content: [weatherCall] },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              id: 'tooluse_1',
              content: [{ type: 'json', json: { sky: 'clear', celsius: 31 } }],
            },
          ],
        },
      ],
      tools: [weatherTool],
    },
  },
  image: {
    summary: 'An image, and a question about it',
    value: {
      model: 'nova-lite',
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'image',
              format: 'png',
              data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
            },
            { type: 'text', text: 'What colour is it?' },
          ],
        },
      ],
    },
  },
};

const dystopia =
  'A dystopia is an imagined society in which life is made miserable, mostly by those who rule it.';

export const answerExamples: Examples<Answer> = {
  question: {
    summary: 'A question',
    value: {
      id: requestId,
      ...novaLite,
      text: dystopia,
      content: [{ type: 'text', text: dystopia }],
      stopReason: 'end_turn',
      usage,
      limits,
    },
  },
  structured: {
    summary: 'An answer as JSON of a schema',
    value: {
      id: requestId,
      model: 'titan',
      modelId: 'amazon.nova-micro-v1:0',
      text: '{"city":"Dréan","country":"Algeria"}',
      content: [{ type: 'text', text: '{"city":"Dréan","country":"Algeria"}' }],
      output: { city: 'Dréan', country: 'Algeria' },
      stopReason: 'end_turn',
      usage: { inputTokens: 96, outputTokens: 14, totalTokens: 110, costUsd: 0.000006 },
      limits,
    },
  },
  tools: {
    summary: 'The model calls a tool, and waits for its result',
    value: {
      id: requestId,
      ...novaLite,
      text: '',
      content: [weatherCall],
      stopReason: 'tool_use',
      usage: { inputTokens: 384, outputTokens: 31, totalTokens: 415, costUsd: 0.000031 },
      limits,
    },
  },
};

export const eventExamples: Examples<StreamEvent> = {
  start: { summary: 'First: the model has begun', value: { type: 'start', id: requestId, ...novaLite } },
  delta: { summary: 'Then, any number of times: text', value: { type: 'delta', text: 'A dystopia is' } },
  blockStart: {
    summary: 'Or a block that is not text begins',
    value: { type: 'block_start', block: { type: 'tool_use', id: 'tooluse_1', name: 'weather' } },
  },
  blockDelta: {
    summary: 'A piece of it: of the input of a tool, a piece of its JSON',
    value: { type: 'block_delta', delta: { type: 'input', json: '{"city":' } },
  },
  blockEnd: { summary: 'It is whole', value: { type: 'block_end' } },
  done: {
    summary: 'Last: the answer is whole',
    value: {
      type: 'done',
      content: [{ type: 'text', text: dystopia }],
      stopReason: 'end_turn',
      usage,
      limits,
    },
  },
  error: { summary: 'Or last: it failed', value: errorEnvelope({ code: 'upstream_error' }, requestId) },
};

export const embedRequestExamples: Examples<EmbedRequest> = {
  texts: {
    summary: 'Two texts',
    value: {
      model: 'titan-embed-v2',
      inputs: ['A dystopia is a bad place.', 'A utopia is no place.'],
      dimensions: 256,
    },
  },
};

export const embeddingsExamples: Examples<Embeddings> = {
  vectors: {
    summary: 'Their vectors, here without most of their numbers',
    value: {
      id: requestId,
      model: 'titan-embed-v2',
      modelId: 'amazon.titan-embed-text-v2:0',
      vectors: [
        [0.0418, -0.0213, 0.0071],
        [0.0127, 0.0344, -0.0189],
      ],
      usage: { inputTokens: 14, outputTokens: 0, totalTokens: 14, costUsd: 0.000001 },
      limits,
    },
  },
};

export const modelListExamples: Examples<ModelList> = {
  models: {
    summary: 'Two models',
    value: {
      models: [
        {
          alias: 'titan',
          modelId: 'amazon.nova-micro-v1:0',
          capabilities: askCapabilities.filter((capability) => !['reasoning', 'embed'].includes(capability)),
          toolChoices: ['auto', 'required', 'named', 'none'],
          cache: { ttls: ['5m'], minimumTokens: 1000 },
          contextTokens: 128 * 1024,
          maxOutputTokens: 5000,
          lifecycle: { status: 'active' },
          price: { input: 0.035, output: 0.14, cacheRead: 0.00875 },
        },
        {
          alias: 'llama',
          modelId: 'us.meta.llama4-maverick-17b-instruct-v1:0',
          capabilities: ['system', 'history', 'stop', 'temperature', 'topP', 'temperatureWithTopP', 'stream'],
          contextTokens: 1024 * 1024,
          maxOutputTokens: 8192,
          lifecycle: { status: 'legacy', endOfLife: '2027-03-30' },
          price: { input: 0.24, output: 0.97 },
        },
      ],
    },
  },
};

export const usageExamples: Examples<UsageReport> = {
  limits: { summary: 'Two limits of a team', value: { limits } },
};

/** Examples of codes for which more is known than their table says. */
const statements: { readonly [Code in ErrorCode]?: Omit<ErrorStatement<Code>, 'code'> } = {
  invalid_request: {
    message: 'maxTokens must be a whole number; prompt is not a field of this request.',
    param: 'maxTokens',
    details: {
      issues: [
        { path: 'maxTokens', message: 'must be a whole number' },
        { path: 'prompt', message: 'is not a field of this request' },
      ],
    },
  },
  unsupported_feature: {
    message: 'The model llama does not support outputSchema. Leave it out or choose another model.',
    param: 'outputSchema',
  },
  unknown_model: {
    message: 'The requested model is not offered here. Choose one of: titan, llama, nova-lite.',
    param: 'model',
    details: { available: ['titan', 'llama', 'nova-lite'] },
  },
  model_not_allowed: {
    message:
      'The plan of this API key does not include the model nova-pro. Choose one of: titan, llama, nova-lite.',
    param: 'model',
    details: { available: ['titan', 'llama', 'nova-lite'] },
  },
  exceeds_limit: {
    message:
      'The call may need 600021 tokens, but this team has only 500000 per month, so waiting will not help. ' +
      'Shorten it, or ask for fewer maxTokens.',
    details: { limit: 'tokens', period: 'month', scope: 'team', max: 500_000, needed: 600_021 },
  },
  quota_exceeded: {
    message:
      'This team has used 100 of 100 requests this month. The limit resets at 2026-12-01T00:00:00.000Z.',
    details: {
      limit: 'requests',
      period: 'month',
      scope: 'team',
      max: 100,
      used: 100,
      resetsAt: '2026-12-01T00:00:00.000Z',
    },
  },
  invalid_output: {
    message:
      'The answer was cut off at maxTokens, before its JSON was complete. It was charged; ask for more.',
    details: { stopReason: 'max_tokens', issues: [] },
  },
};

export function errorExample(code: ErrorCode): Example<ErrorEnvelope> {
  return { summary: code, value: errorEnvelope({ code, ...statements[code] }, requestId) };
}
