import { catalogue } from '@org/models';
import { expect, test } from 'vitest';
import { type ChosenModel, type Config, callerOf } from '../config.ts';
import { nothing } from '../ledger/amounts.ts';
import { ProxyError } from '../proxy-error.ts';
import {
  answering,
  config,
  failingWith,
  recordingLedger,
  recordingUpstream,
  replyCost,
  saying,
} from '../testing/request.ts';
import { ample } from '../testing/upstream-call.ts';
import { type AskEvent, ask } from './ask.ts';
import type { Asked, ChatCall, ToolResultBlock } from './call.ts';
import { worstCaseOf } from './meter.ts';
import type { ReplyEvent } from './reply.ts';
import type { Upstream } from './upstream.ts';

const question: ChatCall = {
  kind: 'chat',
  messages: [{ role: 'user', blocks: [{ type: 'text', text: 'Hi' }] }],
};

const more = (['claude-sonnet-4.6', 'nova-pro', 'qwen3-32b'] as const).map((alias) => {
  const definition = catalogue[alias];
  return { alias, definition, modelId: definition.modelId, price: { input: 3, output: 15 } };
});
const configured: Config = {
  ...config,
  models: new Map<string, ChosenModel>([
    ...config.models,
    ...more.map((model): [string, ChosenModel] => [model.alias, model]),
  ]),
};
const caller = callerOf(
  { keyId: 'key3', team: 'wide', plan: 'large' },
  { models: [...configured.models.keys()] },
);

function asking(upstream: Upstream, { call = question, alias = 'llama' }: Partial<Asked> = {}) {
  const { ledger, holds, charges } = recordingLedger();
  const context = { caller, config: configured, ledger, upstream, deadline: ample, at: 0 };
  return { events: ask({ alias, call, whole: true }, context), holds, charges };
}

const answer = () => answering(saying(['Bleak.']));
const refused = () => failingWith(new ProxyError({ code: 'model_throttled' }, { unbilled: true }));

test.each<[AskEvent['type'], Upstream, 'nothing' | 'everything' | 'its cost']>([
  ['admitted', answer(), 'nothing'],
  ['delta', answer(), 'everything'],
  ['usage', answer(), 'everything'],
  ['replied', answer(), 'its cost'],
  ['settled', answer(), 'its cost'],
  ['replied', refused(), 'nothing'],
  ['settled', refused(), 'nothing'],
])(
  'a consumer that leaves at %s leaves one charge, of the cost known by then',
  async (type, upstream, charge) => {
    const { events, holds, charges } = asking(upstream);
    for await (const event of events) if (event.type === type) break;
    const everything = holds[0]?.worstCase;
    expect(charges).toMatchObject([{ nothing, everything, 'its cost': replyCost }[charge]]);
  },
);

test.each<[string, Partial<Asked>, code: string]>([
  [
    'a choice of tools of a model that takes none',
    { alias: 'llama', call: { ...question, toolChoice: 'required' } },
    'unsupported_feature',
  ],
])('%s is refused before anything is held', async (_what, asked, code) => {
  const { events, holds } = asking(answer(), asked);
  const leaving = (async () => {
    for await (const event of events) expect(event.type).toBe('chosen');
  })();
  await expect(leaving).rejects.toMatchObject({ statement: { code } });
  expect(holds).toEqual([]);
});

/** The output at the end of an answer to a call with an `outputSchema` and a tool. */
async function outputOf(...events: ReplyEvent[]) {
  const tools = [{ type: 'tool' as const, name: 'find', inputSchema: { type: 'object' } }];
  const call = { ...question, tools, outputSchema: { type: 'object', required: ['word'] } };
  for await (const event of asking(answering(events), { alias: 'claude-sonnet-4.6', call }).events) {
    if (event.type === 'finished') return event.finished;
  }
  throw new Error('The answer has no end.');
}

test('a model gives its output when it answers, not when it calls a tool', async () => {
  const use: ReplyEvent[] = [
    { type: 'begin', block: { type: 'tool_use', id: 'i', name: 'find' } },
    { type: 'delta', delta: { type: 'input', json: '{}' } },
    { type: 'end' },
  ];
  const calls = await outputOf(...use, ...saying([], { stopReason: 'tool_use' }));
  expect(calls).toMatchObject({ stopReason: 'tool_use' });
  expect(calls).not.toHaveProperty('output');
  expect(await outputOf(...saying(['{"word":', '"a"}']))).toMatchObject({ output: { word: 'a' } });
  const wrong = outputOf(...saying(['{}']));
  await expect(wrong).rejects.toMatchObject({ statement: { code: 'invalid_output' } });
});

const result = { type: 'tool_result', id: 'i' } as const;
const no = { type: 'text', text: 'No.' } as const;
const failed = { type: 'text', text: 'The tool failed.' } as const;

test.each<[string, Pick<ToolResultBlock, 'isError' | 'content'>, told: object]>([
  ['claude-sonnet-4.6', { isError: true, content: [no] }, { isError: true, content: [no] }],
  // Bedrock refuses a failed result without content.
  ['claude-sonnet-4.6', { isError: true, content: [] }, { isError: true, content: [failed] }],
  ['nova-pro', { isError: false, content: [] }, { isError: false, content: [] }],
  ['qwen3-32b', { isError: true, content: [no] }, { content: [failed, no] }],
  ['qwen3-32b', { isError: false, content: [no] }, { content: [no] }],
])('%s receives the status of a tool (%j) in a form that it accepts', async (alias, outcome, told) => {
  const { upstream, calls } = recordingUpstream();
  const call: ChatCall = {
    ...question,
    messages: [
      ...question.messages,
      { role: 'assistant', blocks: [{ type: 'tool_use', id: 'i', name: 'find', input: {} }] },
      { role: 'user', blocks: [{ ...result, ...outcome }] },
    ],
    tools: [{ type: 'tool', name: 'find', inputSchema: { type: 'object' } }],
  };
  const { events, holds } = asking(upstream, { alias, call });
  for await (const event of events) if (event.type === 'replied') break;
  const sent = calls.flatMap((asked) => (asked.kind === 'chat' ? asked.messages.at(-1)?.blocks : []));
  expect(sent).toEqual([{ ...result, ...told }]);
  // The added words are held too.
  const [model] = more.filter((offered) => offered.alias === alias);
  const [asked] = calls;
  expect(model && asked && worstCaseOf(asked, model)).toEqual(holds[0]?.worstCase);
});
