import { AnswerSchema, headers, type LimitKind, UsageReportSchema } from '@org/contract';
import * as z from 'zod/mini';
import { Broken, NotShown } from './broken.ts';
import type { Proof, Subject } from './proof.ts';
import { codeOf, type Reply, read, refusal } from './target.ts';

const ask = ({ target, canary, models: { chat } }: Subject, key: string): Promise<Reply> =>
  target.send({
    path: '/bedrock',
    key,
    body: { model: chat, question: `Say yes. ${canary}`, maxTokens: 1 },
  });

/** Use of a key's own daily limit. */
async function usedOf({ target }: Subject, key: string, kind: LimitKind): Promise<number> {
  const { limits } = read(await target.send({ method: 'GET', path: '/usage', key }), UsageReportSchema);
  const own = limits.find(
    ({ limit, period, scope }) => limit === kind && period === 'day' && scope === 'key',
  );
  if (!own) throw new Broken(`does not report the limit on ${kind} of the key`);
  return own.used;
}

const SpentLimit = z.object({
  limit: z.literal('requests'),
  period: z.literal('day'),
  scope: z.literal('key'),
  max: z.literal(1),
  used: z.literal(1),
  resetsAt: z.iso.datetime(),
});

/** A race: so many callers at once, for so many requests. */
const callers = 24;
const places = 8;

export const limitProofs: readonly Proof[] = [
  {
    name: 'race',
    statement: `Of ${callers} callers at once, a limit of ${places} requests lets exactly ${places} through`,
    async check(subject) {
      const { value } = await subject.newKey({ requests: { day: places } });
      const replies = await Promise.all(Array.from({ length: callers }, () => ask(subject, value)));
      const answered = replies.filter(({ status }) => status === 200).length;
      if (answered > places) throw new Broken(`let ${answered} through`);
      // A call that may have been held without an answer takes a place.
      const unknown = replies.filter((reply) => codeOf(reply) === 'limits_unavailable').length;
      if (unknown > 0) {
        throw new NotShown(`${answered} were let through, and ${unknown} answered 503 limits_unavailable`);
      }
      for (const reply of replies) if (reply.status !== 200) refusal(reply, 'quota_exceeded');
      if (answered < places) throw new Broken(`let ${answered} through`);
      const used = await usedOf(subject, value, 'requests');
      if (used !== places) throw new Broken(`let ${answered} through and counted ${used}`);
      return `${answered} answered, ${callers - answered} refused, ${used} counted`;
    },
  },
  {
    name: 'spent',
    statement: 'A spent limit is refused with the limit, what is used, and when it resets',
    async check(subject) {
      const { value } = await subject.newKey({ requests: { day: 1 } });
      read(await ask(subject, value), AnswerSchema);
      const reply = await ask(subject, value);
      const { success, data } = z.safeParse(SpentLimit, refusal(reply, 'quota_exceeded').details);
      if (!success) throw new Broken('does not name the limit, its use and its end in details');
      if (reply.headers.get(headers.shouldRetry) !== 'false')
        throw new Broken('does not answer x-should-retry: false, so clients would retry');
      return `429 quota_exceeded until ${data.resetsAt}`;
    },
  },
  {
    name: 'never-fits',
    statement: 'A call that alone is more than a limit is refused, and charges nothing',
    async check(subject) {
      const { value } = await subject.newKey({ tokens: { day: 1 } });
      refusal(await ask(subject, value), 'exceeds_limit');
      const used = await usedOf(subject, value, 'tokens');
      if (used !== 0) throw new Broken(`charged ${used} tokens`);
      return '400 exceeds_limit, 0 tokens charged';
    },
  },
  {
    name: 'charge',
    statement: 'What an answer says that it used is what the limit counts',
    async check(subject) {
      const { value } = await subject.newKey({ tokens: { day: 1_000_000 } });
      const { usage } = read(await ask(subject, value), AnswerSchema);
      const used = await usedOf(subject, value, 'tokens');
      if (used !== usage.totalTokens) {
        throw new Broken(`said ${usage.totalTokens} tokens, and counted ${used}`);
      }
      return `${used} tokens`;
    },
  },
  {
    name: 'hang-up',
    statement: 'A caller who hangs up is charged at least what Bedrock counted',
    async check(subject) {
      const { target, models, log, canary } = subject;
      if (!models.streams) throw new NotShown(`${models.chat} does not stream`);
      const { value: key } = await subject.newKey({ tokens: { day: 1_000_000 } });
      const body = { model: models.chat, question: `Count to a hundred. ${canary}`, maxTokens: 200 };
      const id = await target.hangUp({ path: '/bedrock/stream', key, body });
      // The line is written when the model has ended and the call is settled.
      const usage = (await log.untilFound([id])).get(id)?.usage;
      const used = await usedOf(subject, key, 'tokens');
      if (!usage) throw new Broken(`charged ${used} tokens, and did not wait for the count of Bedrock`);
      if (used < usage.totalTokens) {
        throw new Broken(`charged ${used} tokens, and Bedrock counted ${usage.totalTokens}`);
      }
      return `Bedrock counted ${usage.totalTokens} tokens, and ${used} are charged`;
    },
  },
];
