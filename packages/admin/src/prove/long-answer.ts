import { AnswerSchema } from '@org/contract';
import { NotShown } from './broken.ts';
import type { Proof } from './proof.ts';
import { read } from './target.ts';

/** A buffered integration of API Gateway ends after so long, and one that streams does not. */
const bufferedSeconds = 29;

/** A part of the key's sum, because the question costs too. */
const partForOutput = 0.8;

/**
 * No call can ask for a slow model, so each model of the plan is asked for as much as it may answer, until one takes long
 * enough.
 */
export const longAnswer: Proof = {
  name: 'long-answer',
  statement: `A whole answer that takes longer than ${bufferedSeconds} s arrives`,
  async check({ target, newKey, canary, deployment: { now }, long, models, mostUsdOfKey }) {
    if (!long) throw new NotShown('it takes minutes; turn on the option long');
    const asked = models.all.filter(({ kind }) => kind === 'chat');
    const usdOfAnswer = (partForOutput * mostUsdOfKey) / asked.length;
    const { value: key } = await newKey();
    let slowest = 0;
    for (const { alias, maxTokens: most, outputUsd } of asked) {
      const maxTokens = Math.min(most, Math.floor((usdOfAnswer * 1_000_000) / outputUsd));
      const question = `Tell the history of the world in as many words as you can. ${canary}`;
      const began = now();
      const body = { model: alias, question, maxTokens };
      const { usage } = read(await target.send({ path: '/bedrock', key, body }), AnswerSchema);
      const seconds = Math.round((now() - began) / 1000);
      if (seconds > bufferedSeconds) {
        return `${usage.outputTokens} tokens of ${alias} after ${seconds} s`;
      }
      slowest = Math.max(slowest, seconds);
    }
    throw new NotShown(`the longest answer took ${slowest} s; a larger budget allows longer ones`);
  },
};
