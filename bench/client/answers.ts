import type { Answer, LimitStatus, StreamEvent } from '@org/contract';

/** The loopback server's answers: the same text, in the shape of each API. */
export const text = 'A dystopia is an imagined society in which people lead fearful and dehumanized lives.';

/** Pieces of one stream. */
export const pieceCount = 1000;

const pieces = Array.from({ length: pieceCount }, (_, index) => `${index} `);
const usage = { inputTokens: 5, outputTokens: 18, totalTokens: 23, costUsd: 0.00002 };
const limit = {
  limit: 'requests',
  period: 'month',
  scope: 'team',
  max: 80,
  used: 41,
  remaining: 39,
  resetsAt: '2026-12-01T00:00:00.000Z',
} satisfies LimitStatus;
const head = { id: 'request-1', model: 'llama', modelId: 'us.meta.llama4-maverick-17b-instruct-v1:0' };
const ending = { stopReason: 'end_turn', usage, limits: [limit] };
const contentOf = (text: string) => [{ type: 'text' as const, text }];

const chunk = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'llama',
  system_fingerprint: null,
};
const openAiUsage = { prompt_tokens: 5, completion_tokens: 18, total_tokens: 23 };

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'llama',
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 5, output_tokens: 18 },
};

interface Said {
  readonly answer: object;
  /** One for each event of a stream. */
  readonly events: readonly string[];
}

const named = (type: string, fields: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const ours = (event: Exclude<StreamEvent, { type: 'error' }>) => named(event.type, event);
const unnamed = (event: object) => `data: ${JSON.stringify(event)}\n\n`;
const choice = (delta: object, finish_reason: 'stop' | null) => ({
  index: 0,
  delta,
  logprobs: null,
  finish_reason,
});

/** By the path of the API, without its streaming variant. */
export const said = {
  '/dev/bedrock': {
    answer: { ...head, text, content: contentOf(text), ...ending } satisfies Answer,
    events: [
      ours({ type: 'start', ...head }),
      ...pieces.map((piece) => ours({ type: 'delta', text: piece })),
      ours({ type: 'done', content: contentOf(pieces.join('')), ...ending }),
    ],
  },
  '/v1/chat/completions': {
    answer: {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'llama',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: text, refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: openAiUsage,
    },
    events: [
      unnamed({ ...chunk, choices: [choice({ role: 'assistant', content: '' }, null)] }),
      ...pieces.map((content) => unnamed({ ...chunk, choices: [choice({ content }, null)] })),
      unnamed({ ...chunk, choices: [choice({}, 'stop')] }),
      'data: [DONE]\n\n',
    ],
  },
  '/v1/messages': {
    answer: { ...message, content: [{ type: 'text', text }] },
    events: [
      named('message_start', { message: { ...message, content: [], stop_reason: null } }),
      named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ...pieces.map((text) =>
        named('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
      ),
      named('content_block_stop', { index: 0 }),
      named('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 18 } }),
      named('message_stop', {}),
    ],
  },
} as const satisfies Record<string, Said>;
