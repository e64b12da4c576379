import { expect, test } from 'vitest';
import { answering, config, failingWith, recordingLedger, replyCost, saying } from '../http/test-request.ts';
import { nothing } from '../ledger/amounts.ts';
import { ProxyError } from '../proxy-error.ts';
import { ample } from '../upstream/test-call.ts';
import { type AskEvent, ask } from './ask.ts';
import type { Asked, Call } from './call.ts';
import type { Upstream } from './upstream.ts';

const question: Call = { kind: 'chat', messages: [{ role: 'user', blocks: [{ type: 'text', text: 'Hi' }] }] };

function asking(upstream: Upstream, { call = question, alias = 'llama' }: Partial<Asked> = {}) {
  const { ledger, holds, charges } = recordingLedger();
  const caller = config.callers.get('key2');
  if (!caller) throw new Error('There is no such key.');
  const context = { caller, config, ledger, upstream, deadline: ample, at: 0 };
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
  'a consumer that leaves at %s leaves one charge, of what is known by then',
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
    { alias: 'llama', call: { ...question, toolChoice: 'any' } },
    'unsupported_feature',
  ],
  ['nothing to embed', { call: { kind: 'embed', inputs: [] } }, 'invalid_request'],
])('%s is refused before anything is held', async (_what, asked, code) => {
  const { events, holds } = asking(answer(), asked);
  const leaving = (async () => {
    for await (const event of events) expect(event.type).toBe('chosen');
  })();
  await expect(leaving).rejects.toMatchObject({ statement: { code } });
  expect(holds).toEqual([]);
});
